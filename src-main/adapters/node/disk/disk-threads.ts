import { Worker } from 'node:worker_threads'
import { workerFile } from '../worker-file.ts'
import type { DiskAnswer, DiskTask, FileToHash, Listing, PathLooks, SmallHash } from './disk-messages.ts'

/** As many as Node's own pool has: a volume that does not answer holds up one of them, and the others go on. */
const MOST_THREADS = 4
/** Kept for what comes next; given back to the system then. */
const IDLE_MS = 10_000

interface Waiting {
  resolve: (answer: DiskAnswer) => void
  reject: (error: Error) => void
}

/** One thread that looks at the disk, for whoever has borrowed it. */
export class DiskThread {
  readonly #worker: Worker
  readonly #waiting: Waiting[] = []
  #ended: Error | null = null

  /** @param onGone called once, when it has ended, asked to or not */
  constructor(onGone: (thread: DiskThread) => void) {
    this.#worker = new Worker(workerFile('disk-worker', new URL('./disk-worker.ts', import.meta.url)), {
      name: 'ferry-disk',
      // Helpers get no FERRY_* variable; this one needs no environment at all.
      env: {},
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    this.#worker.on('message', (answer: DiskAnswer) => {
      const next = this.#waiting.shift()
      if (this.#waiting.length === 0) this.#worker.unref()
      if ('broken' in answer) next?.reject(new Error(`The disk thread failed: ${answer.broken}`))
      else next?.resolve(answer)
    })
    const gone = (error: Error) => {
      if (this.#ended) return
      this.#ended = error
      for (const { reject } of this.#waiting.splice(0)) reject(error)
      onGone(this)
    }
    this.#worker.on('error', (error) => gone(error instanceof Error ? error : new Error(String(error))))
    this.#worker.on('exit', (code) => gone(new Error(`The disk thread ended with ${code}.`)))
    this.#worker.unref()
  }

  get isGone(): boolean {
    return this.#ended !== null
  }

  /** What folders hold. Never rejects because one of them cannot be read. */
  async list(folders: readonly string[]): Promise<Listing[]> {
    const answer = await this.#ask({ do: 'list', folders })
    return 'listings' in answer ? answer.listings : []
  }

  /** Looks at paths, in their order. Never rejects because one of them cannot be looked at. */
  async look(paths: readonly string[]): Promise<PathLooks> {
    const answer = await this.#ask({ do: 'look', paths })
    if (!('looks' in answer)) throw new Error('The disk thread answered another question.')
    return answer.looks
  }

  /** Sums of small files, in their order. Never rejects because one of them cannot be read. */
  async hash(files: readonly FileToHash[]): Promise<SmallHash[]> {
    const answer = await this.#ask({ do: 'hash', files })
    return 'hashed' in answer ? answer.hashed : []
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #ask(task: DiskTask): Promise<DiskAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended)
      this.#waiting.push({ resolve, reject })
      // The process stays until what was asked is answered.
      this.#worker.ref()
      this.#worker.postMessage(task)
    })
  }
}

/** The threads of this process that look at disks: started when they are needed, ended when they are not. */
export class DiskThreads {
  readonly #idle: DiskThread[] = []
  readonly #queue: ((thread: DiskThread) => void)[] = []
  #count = 0
  #idleTimer: NodeJS.Timeout | undefined

  /** Runs work with a thread of its own; waits for one when all are at work. */
  async use<T>(work: (thread: DiskThread) => Promise<T>): Promise<T> {
    const thread = await this.take()
    try {
      return await work(thread)
    } finally {
      this.giveBack(thread)
    }
  }

  /** To be given back. */
  async take(): Promise<DiskThread> {
    const idle = this.#idle.pop()
    if (idle) return idle
    if (this.#count < MOST_THREADS) return this.#start()
    return new Promise((resolve) => this.#queue.push(resolve))
  }

  giveBack(thread: DiskThread): void {
    const next = this.#queue.shift()
    if (next) return next(thread.isGone ? this.#start() : thread)
    if (thread.isGone) return
    this.#idle.push(thread)
    this.#idleTimer ??= setTimeout(() => this.#endIdle(), IDLE_MS).unref()
  }

  /** Ends those that nobody uses; the others end with the process. */
  async close(): Promise<void> {
    clearTimeout(this.#idleTimer)
    await Promise.all(this.#idle.splice(0).map((thread) => thread.end()))
  }

  #start(): DiskThread {
    this.#count++
    return new DiskThread((gone) => {
      const at = this.#idle.indexOf(gone)
      if (at >= 0) this.#idle.splice(at, 1)
      this.#count--
    })
  }

  #endIdle(): void {
    this.#idleTimer = undefined
    for (const thread of this.#idle.splice(0)) void thread.end()
  }
}
