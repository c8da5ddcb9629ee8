import { findAppError } from '../../core/errors.ts'
import type { IconikApi } from '../../ports/iconik-api.ts'

/**
 * The same API; `onRejected` hears when the server refuses the token in the middle of work, whichever service it was that
 * called. The caller still gets the error.
 */
export function watchRejections(api: IconikApi, onRejected: () => void): IconikApi {
  const parts = new Map<string | symbol, object>()
  return new Proxy(api, {
    get(target, name) {
      if (name === 'inLane')
        return (...lane: Parameters<IconikApi['inLane']>) =>
          watchRejections(target.inLane(...lane), onRejected)
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'object' || value === null) return value
      let part = parts.get(name)
      if (!part) parts.set(name, (part = watchPart(value, onRejected)))
      return part
    },
  })
}

function watchPart(part: object, onRejected: () => void): object {
  return new Proxy(part, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const answer: unknown = Reflect.apply(value, target, args)
        if (answer instanceof Promise)
          // On a branch of its own: the caller awaits the promise itself.
          answer.catch((error: unknown) => {
            if (findAppError(error)?.code === 'auth.rejected') onRejected()
          })
        return answer
      }
    },
  })
}
