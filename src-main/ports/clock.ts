/** Time as services see it; tests hand in one that they move. */
export interface Clock {
  /** Milliseconds since 1970. May jump when the system's clock is set. */
  nowMs(): number
  /** Milliseconds from an arbitrary start; never goes back. For durations. */
  monotonicMs(): number
  /** Calls back once after `delayMs`, unless cancelled. Does not keep the process alive. */
  after(delayMs: number, callback: () => void): { cancel(): void }
  /** Resolves after `delayMs`; rejects with the signal's reason when it is aborted. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}
