import {
  contract,
  type EventName,
  type Input,
  type Method,
  type Output,
  type Payload,
} from '@contract/index.ts'
import { PROTOCOL_VERSION } from '@contract/envelope.ts'
import { ContractError } from './contract-error.ts'
import type { Transport } from './transport.ts'

export interface CallOptions {
  /** Aborting sends a cancel frame; the call then rejects with the code `cancelled`. */
  signal?: AbortSignal
}

/** Main, as a page sees it. */
export interface ContractClient {
  /** Calls one method. Rejects with a ContractError for expected failures. */
  call<M extends Method>(method: M, input: Input<M>, options?: CallOptions): Promise<Output<M>>
  /** Hears one event until the returned function is called. Payloads that break the contract are dropped. */
  on<E extends EventName>(event: E, listener: (payload: Payload<E>) => void): () => void
}

const cancelled = () =>
  new ContractError({
    code: 'cancelled',
    message: 'The call was given up.',
    retry: { when: 'never' },
    details: {},
  })

/** Input as plain JSON: reactive proxies cannot be cloned into another process. */
const plain = (input: unknown): unknown => JSON.parse(JSON.stringify(input))

/** A client over any transport. Output is parsed, so that a broken contract shows at once and by name. */
export function createContractClient(transport: Transport): ContractClient {
  let calls = 0
  const listeners = new Map<string, Set<(payload: unknown) => void>>()
  let unsubscribe: (() => void) | undefined

  const hear = () => {
    unsubscribe ??= transport.subscribe((frame) => {
      const heard = listeners.get(frame.name)
      const definition = contract[frame.name as EventName]
      if (!heard || definition?.kind !== 'event') return
      const parsed = definition.payload.safeParse(frame.payload)
      if (!parsed.success) {
        reportError(new Error(`The event ${frame.name} breaks the contract: ${parsed.error.message}`))
        return
      }
      for (const listener of heard) listener(parsed.data)
    })
  }

  return {
    async call(method, input, { signal } = {}) {
      if (signal?.aborted) throw cancelled()
      const id = `c${++calls}`
      const giveUp = () => void transport.request({ kind: 'cancel', v: PROTOCOL_VERSION, id })
      signal?.addEventListener('abort', giveUp, { once: true })
      try {
        const reply = await transport.request({
          kind: 'call',
          v: PROTOCOL_VERSION,
          id,
          method,
          input: plain(input),
        })
        if (signal?.aborted) throw cancelled()
        if (!reply.ok) throw new ContractError(reply.error)
        const parsed = contract[method].output.safeParse(reply.value)
        if (!parsed.success)
          throw new Error(`The answer to ${method} breaks the contract: ${parsed.error.message}`)
        return parsed.data as Output<typeof method>
      } finally {
        signal?.removeEventListener('abort', giveUp)
      }
    },
    on(event, listener) {
      const heard = listeners.get(event) ?? new Set()
      listeners.set(event, heard)
      heard.add(listener as (payload: unknown) => void)
      hear()
      return () => {
        heard.delete(listener as (payload: unknown) => void)
        if (heard.size === 0) listeners.delete(event)
        if (listeners.size > 0) return
        unsubscribe?.()
        unsubscribe = undefined
      }
    },
  }
}
