import { findAppError } from '../../core/errors.ts'
import type { Library } from './library.ts'

/** A person waits so long for an edit to arrive; then it goes on in the background. */
const PATIENCE_MS = 5_000

/**
 * Sends what is in the outbox. An edit that was written down is not lost when this fails: it is sent later.
 *
 * @returns whether everything was sent
 */
export async function sendSoon(library: Library): Promise<boolean> {
  const { runner } = library
  if (!runner) return false
  try {
    await runner.outbox.drain(AbortSignal.timeout(PATIENCE_MS))
    return true
  } catch (error) {
    if (!findAppError(error) && (error as Error).name !== 'TimeoutError') throw error
    runner.refresh()
    return false
  }
}
