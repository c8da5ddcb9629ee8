import { AppError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'

/** Without a sign of life for so long a transfer is cut and begun again from its checkpoint. */
export const SILENCE_MS = 90_000

/**
 * Runs work that has to call `alive` now and then. After too long a silence (a socket that died in the machine's sleep) its
 * signal is aborted and the whole fails with network.timeout, which is tried again.
 * @param name of the thing, for the message
 */
export async function withWatchdog<T>(
  clock: Clock,
  signal: AbortSignal,
  name: string,
  work: (alive: () => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const silence = new AbortController()
  let lastMs = clock.monotonicMs()
  let timer = clock.after(SILENCE_MS, check)
  function check() {
    const leftMs = lastMs + SILENCE_MS - clock.monotonicMs()
    if (leftMs > 0) timer = clock.after(leftMs, check)
    else
      silence.abort(
        new AppError('network.timeout', `No byte of ${name} moved for ${SILENCE_MS / 1000} seconds.`),
      )
  }
  try {
    return await work(() => (lastMs = clock.monotonicMs()), AbortSignal.any([signal, silence.signal]))
  } catch (error) {
    // Whatever the aborted work says, the silence is the reason.
    if (silence.signal.aborted && !signal.aborted) throw silence.signal.reason
    throw error
  } finally {
    timer.cancel()
  }
}
