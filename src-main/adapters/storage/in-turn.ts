import type { Clock } from '../../ports/clock.ts'

const SIGN_EVERY_MS = 5000

/**
 * Waits for a turn that other transfers are before, and says now and then that this one does.
 * @param onWait as in `TransferRequest`
 */
export async function inTurn<T>(
  clock: Clock,
  onWait: (() => void) | undefined,
  turn: Promise<T>,
): Promise<T> {
  const sign = () => {
    onWait?.()
    timer = clock.after(SIGN_EVERY_MS, sign)
  }
  let timer = clock.after(SIGN_EVERY_MS, sign)
  try {
    return await turn
  } finally {
    timer.cancel()
  }
}
