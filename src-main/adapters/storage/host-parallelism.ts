import {
  afterMeasuring,
  afterTrouble,
  startParallel,
  type ParallelState,
} from '../../core/transfer/parallel-parts.ts'
import type { Clock } from '../../ports/clock.ts'
import type { TransferRequest } from '../../ports/storage-transfer.ts'
import { inTurn } from './in-turn.ts'

type Turn = Pick<TransferRequest, 'signal' | 'onWait'>

interface Host {
  state: ParallelState
  active: number
  waiting: (() => void)[]
  measuredBytes: number
  measuredSinceMs: number
  /** Whether the limit was reached since the measurement began; otherwise the rate says nothing about it. */
  full: boolean
}

const MEASURE_MS = 1_000

/** Limits the large requests to one storage host, all transfers together, and adapts the limit to what helps unless it is given. */
export class HostParallelism {
  readonly #clock: Clock
  readonly #fixed: number | undefined
  readonly #hosts = new Map<string, Host>()

  constructor(clock: Clock, fixed?: number) {
    this.#clock = clock
    this.#fixed = fixed
  }

  /**
   * Runs `send` when the host of this URL has a place free.
   * @param bytes how many it will have sent; `send` is given what to tell of them as they go out, the rest counts when it succeeds
   */
  async run<T>(
    url: string,
    bytes: number,
    { signal, onWait }: Turn,
    send: (onSent: (sentBytes: number) => void) => Promise<T>,
  ): Promise<T> {
    const host = this.#host(new URL(url).host)
    await inTurn(this.#clock, () => onWait?.(), this.#enter(host, signal))
    let counted = 0
    // A part takes seconds on a slow line: counted only at its end it would make the rate jump.
    const onSent = (sentBytes: number) => {
      if (sentBytes <= counted) return
      const more = sentBytes - counted
      counted = sentBytes
      this.#measure(host, more)
    }
    try {
      const result = await send(onSent)
      onSent(bytes)
      return result
    } finally {
      host.active--
      host.waiting.shift()?.()
    }
  }

  trouble(url: string): void {
    if (this.#fixed !== undefined) return
    const host = this.#host(new URL(url).host)
    host.state = afterTrouble(host.state)
  }

  #host(name: string): Host {
    let host = this.#hosts.get(name)
    if (!host) {
      host = {
        state: { ...startParallel(), ...(this.#fixed === undefined ? {} : { limit: this.#fixed }) },
        active: 0,
        waiting: [],
        measuredBytes: 0,
        measuredSinceMs: this.#clock.monotonicMs(),
        full: false,
      }
      this.#hosts.set(name, host)
    }
    return host
  }

  async #enter(host: Host, signal: AbortSignal): Promise<void> {
    while (host.active >= host.state.limit) {
      host.full = true
      await new Promise<void>((resolve, reject) => {
        const giveUp = () => {
          const at = host.waiting.indexOf(enter)
          if (at >= 0) host.waiting.splice(at, 1)
          reject(signal.reason as Error)
        }
        const enter = () => {
          signal.removeEventListener('abort', giveUp)
          resolve()
        }
        if (signal.aborted) return giveUp()
        signal.addEventListener('abort', giveUp, { once: true })
        host.waiting.push(enter)
      })
    }
    host.active++
  }

  #measure(host: Host, bytes: number): void {
    host.measuredBytes += bytes
    const nowMs = this.#clock.monotonicMs()
    const elapsedMs = nowMs - host.measuredSinceMs
    if (elapsedMs < MEASURE_MS) return
    if (host.full && this.#fixed === undefined) {
      const before = host.state.limit
      host.state = afterMeasuring(host.state, (host.measuredBytes / elapsedMs) * 1000)
      for (let more = host.state.limit - before; more > 0; more--) host.waiting.shift()?.()
    }
    host.measuredBytes = 0
    host.measuredSinceMs = nowMs
    host.full = false
  }
}
