import type { Bridge } from '@contract/envelope.ts'
import type { Transport } from './transport.ts'

declare global {
  interface Window {
    /** Put there by the preload; missing when the page is opened in an ordinary browser. */
    readonly ferry?: Bridge
  }
}

/** The transport over the preload's bridge. */
export function bridgeTransport(bridge: Bridge): Transport {
  return {
    request: (frame) => bridge.call(frame),
    subscribe: (listener) => bridge.subscribe(listener),
  }
}
