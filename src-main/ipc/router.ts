import type { CallDefinition } from '@contract/define.ts'
import { type EventFrame, PROTOCOL_VERSION, type Reply, RequestFrame } from '@contract/envelope.ts'
import { contract, type EventName, type Handlers, type Method, type Payload } from '@contract/index.ts'
import { AppError, findAppError } from '../core/errors.ts'
import type { Logger } from '../ports/logger.ts'

/** Frames in, replies and events out. Knows the contract and its handlers, not how frames travel. */
export interface Router {
  /** Answers one frame; never rejects. `caller` tells pages apart, since each numbers its own calls. */
  handle(frame: unknown, caller: string): Promise<Reply>
  /** Hears every event until the returned function is called. */
  onEvent(listener: (frame: EventFrame) => void): () => void
  /** Tells every page that something happened. */
  emit<E extends EventName>(name: E, payload: Payload<E>): void
  /** The page is gone: its open calls are cancelled. */
  forget(caller: string): void
}

/**
 * @param handlers one for each method of the contract
 * @param logger hears of calls that failed, with their code and time, never of their input
 */
export function createRouter(handlers: Handlers, logger: Logger): Router {
  const open = new Map<string, AbortController>()
  const listeners = new Set<(frame: EventFrame) => void>()

  async function answer(method: Method, input: unknown, signal: AbortSignal): Promise<unknown> {
    const definition: CallDefinition = contract[method]
    const parsed = definition.input.safeParse(input)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      const where = issue?.path.join('.') ?? ''
      const message = `${method}: ${where ? `${where}: ` : ''}${issue?.message ?? 'not valid'}`
      throw new AppError('contract.invalid-input', message)
    }
    const handler = handlers[method] as (input: unknown, context: { signal: AbortSignal }) => Promise<unknown>
    return handler(parsed.data, { signal })
  }

  function failed(method: string, error: unknown, tookMs: number): Reply {
    const known = findAppError(error)
    if (known?.code === 'cancelled') logger.debug('call cancelled', { method, tookMs })
    else if (known) logger.warn('call failed', { method, tookMs, code: known.code, message: known.message })
    else logger.error('call failed by a bug', { method, tookMs, error })
    const told =
      known ?? new AppError('bug', 'Ferry ran into a mistake of its own. Settings, Diagnostics has the log.')
    return { ok: false, error: told.toView() }
  }

  return {
    async handle(frame, caller) {
      const request = RequestFrame.safeParse(frame)
      if (!request.success)
        return failed('(frame)', new AppError('contract.invalid-input', 'Not a request frame.'), 0)
      const key = `${caller} ${request.data.id}`
      if (request.data.kind === 'cancel') {
        open.get(key)?.abort(new AppError('cancelled', 'Cancelled.'))
        return { ok: true, value: null }
      }
      const { method, input } = request.data
      if (!isMethod(method) || !handlers[method])
        return failed(method, new AppError('contract.unknown-method', `There is no method ${method}.`), 0)
      if (open.has(key))
        return failed(method, new AppError('contract.invalid-input', 'This call id is in use.'), 0)

      const abort = new AbortController()
      open.set(key, abort)
      const startedMs = performance.now()
      try {
        return { ok: true, value: await answer(method, input, abort.signal) }
      } catch (error) {
        return failed(method, error, Math.round(performance.now() - startedMs))
      } finally {
        open.delete(key)
      }
    },

    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    emit(name, payload) {
      const frame: EventFrame = { kind: 'event', v: PROTOCOL_VERSION, name, payload }
      for (const listener of listeners) listener(frame)
    },

    forget(caller) {
      for (const [key, abort] of open)
        if (key.startsWith(`${caller} `)) abort.abort(new AppError('cancelled', 'The page is gone.'))
    },
  }
}

const isMethod = (name: string): name is Method =>
  Object.hasOwn(contract, name) && contract[name as Method].kind === 'call'
