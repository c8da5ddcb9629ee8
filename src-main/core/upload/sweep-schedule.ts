const MINUTE_MS = 60_000
/** After what time twins are looked for: the search index lags by an unknown time. */
const SWEEPS_AFTER_MS = [MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS]

export const FIRST_SWEEP_MS = MINUTE_MS

/**
 * @param round sweeps made so far, this one included
 * @returns how long until the next one; null when that was the last
 */
export function nextSweepDelayMs(round: number): number | null {
  const next = SWEEPS_AFTER_MS[round]
  return next === undefined ? null : next - (SWEEPS_AFTER_MS[round - 1] ?? 0)
}
