import { contract, type EventName, type Handlers, type Payload } from '@contract/index.ts'
import { PROTOCOL_VERSION, type Bridge, type EventFrame, type Reply } from '@contract/envelope.ts'
import type { ErrorView } from '@contract/errors.ts'

/** Thrown by a handler of the fake for an expected failure. */
export class FakeFailure extends Error {
  readonly view: ErrorView
  constructor(code: ErrorView['code'], message: string, details: ErrorView['details'] = {}) {
    super(message)
    this.view = { code, message, retry: { when: 'never' }, details }
  }
}

export interface FakeBridge extends Bridge {
  emit<E extends EventName>(name: E, payload: Payload<E>): void
  /** Calls that arrived, in order. */
  readonly calls: { method: string; input: unknown }[]
}

/**
 * A bridge over handlers in memory. It differs from the real one in that nothing leaves the page; like the real one it
 * parses every input, and it parses outputs too, so that a fake which breaks the contract fails at once.
 * @param delayMs how long every answer takes
 */
export function fakeBridge(handlers: Partial<Handlers>, delayMs = 0): FakeBridge {
  const listeners = new Set<(frame: EventFrame) => void>()
  const open = new Map<string, AbortController>()
  const calls: FakeBridge['calls'] = []

  const failed = (view: ErrorView): Reply => ({ ok: false, error: view })
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

  async function answer(id: string, method: string, input: unknown): Promise<Reply> {
    calls.push({ method, input })
    const definition = contract[method as keyof typeof contract]
    const handler = handlers[method as keyof Handlers] as
      ((input: unknown, context: { signal: AbortSignal }) => Promise<unknown>) | undefined
    if (definition?.kind !== 'call' || !handler)
      return failed(new FakeFailure('contract.unknown-method', `The fake has no ${method}.`).view)
    const parsed = definition.input.safeParse(input)
    if (!parsed.success) return failed(new FakeFailure('contract.invalid-input', parsed.error.message).view)
    const abort = new AbortController()
    open.set(id, abort)
    try {
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
      if (abort.signal.aborted) throw new FakeFailure('cancelled', 'The caller gave up.')
      const value = await handler(parsed.data, { signal: abort.signal })
      return { ok: true, value: definition.output.parse(plain(value)) }
    } catch (error) {
      if (error instanceof FakeFailure) return failed(error.view)
      return failed(new FakeFailure('bug', error instanceof Error ? error.message : String(error)).view)
    } finally {
      open.delete(id)
    }
  }

  return {
    calls,
    async call(frame) {
      if (frame.kind === 'cancel') {
        open.get(frame.id)?.abort()
        return { ok: true, value: null }
      }
      return answer(frame.id, frame.method, plain(frame.input))
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    pathForFile: (file) => Promise.resolve(`/clips/${(file as File).name}`),
    emit(name, payload) {
      for (const listener of listeners)
        listener({ kind: 'event', v: PROTOCOL_VERSION, name, payload: plain(payload) })
    },
  }
}
