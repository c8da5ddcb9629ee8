import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { HashName, Hashes } from '../../ports/hasher.ts'
import type { HashStream, HashStreams } from '../../ports/hash-streams.ts'
import type { FromHashWorker, ToHashWorker } from './hash-messages.ts'
import { createRunningHashes } from './running-hashes.ts'

/** The worker's file: its source beside this one, or its built entry beside or above the chunk that holds this. */
function workerFile(): URL {
  const candidates = ['./hash-worker.ts', './hash-worker.js', '../hash-worker.js']
  const found = candidates
    .map((name) => new URL(name, import.meta.url))
    .find((url) => existsSync(fileURLToPath(url)))
  if (!found) throw new Error('The hash worker was not built.')
  return found
}

/**
 * Sums in worker threads. A stream stays with one thread, so that its updates keep their order; threads are started when
 * they are needed and do not keep the process alive.
 * @param threads most threads; default: one less than the processor has, at least one, at most four
 */
export function createWorkerHashStreams(threads = defaultThreads()): HashStreams {
  const workers: HashThread[] = []
  let nextStream = 1

  const leastBusy = (): HashThread => {
    const idle = workers.find((worker) => worker.openStreams === 0)
    if (idle) return idle
    if (workers.length < threads) {
      const worker = new HashThread(() => {
        const at = workers.indexOf(worker)
        if (at >= 0) workers.splice(at, 1)
      })
      workers.push(worker)
      return worker
    }
    return workers.reduce((best, worker) => (worker.openStreams < best.openStreams ? worker : best))
  }

  return {
    allocate: (sizeBytes) => new Uint8Array(new SharedArrayBuffer(sizeBytes)),
    open: (names) => leastBusy().open(nextStream++, names),
    async hashSmall(bytes, names) {
      const running = await createRunningHashes(names)
      running.update(bytes)
      return running.digest()
    },
    async close() {
      await Promise.all(workers.splice(0).map((worker) => worker.end()))
    },
  }
}

const defaultThreads = () => Math.min(4, Math.max(1, availableParallelism() - 1))

interface OpenStream {
  updates: { resolve: () => void; reject: (error: Error) => void }[]
  digest: { resolve: (hashes: Hashes) => void; reject: (error: Error) => void } | null
  failure: Error | null
}

class HashThread {
  readonly #worker: Worker
  readonly #streams = new Map<number, OpenStream>()

  constructor(onGone: () => void) {
    this.#worker = new Worker(workerFile(), { name: 'ferry-hash' })
    this.#worker.on('message', (message: FromHashWorker) => this.#answered(message))
    this.#worker.on('error', (error) => {
      onGone()
      this.#failAll(error instanceof Error ? error : new Error(String(error)))
    })
    this.#worker.on('exit', (code) => {
      onGone()
      this.#failAll(new Error(`The hashing thread ended with ${code}.`))
    })
    this.#worker.unref()
  }

  get openStreams(): number {
    return this.#streams.size
  }

  open(id: number, names: readonly HashName[]): HashStream {
    const stream: OpenStream = { updates: [], digest: null, failure: null }
    this.#add(id, stream)
    this.#post({ do: 'open', stream: id, names })
    return {
      update: (bytes) =>
        new Promise((resolve, reject) => {
          if (stream.failure) return reject(stream.failure)
          stream.updates.push({ resolve, reject })
          this.#post({ do: 'update', stream: id, bytes })
        }),
      digest: () =>
        new Promise((resolve, reject) => {
          if (stream.failure) return reject(stream.failure)
          stream.digest = { resolve, reject }
          this.#post({ do: 'digest', stream: id })
        }),
      close: () => {
        if (!this.#streams.has(id)) return
        for (const update of stream.updates) update.resolve()
        this.#remove(id)
        this.#post({ do: 'close', stream: id })
      },
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  /** While a stream is open somebody waits for its answer, so the thread must keep the process alive. */
  #add(id: number, stream: OpenStream): void {
    this.#streams.set(id, stream)
    this.#worker.ref()
  }

  #remove(id: number): void {
    this.#streams.delete(id)
    if (this.#streams.size === 0) this.#worker.unref()
  }

  #post(message: ToHashWorker): void {
    this.#worker.postMessage(message)
  }

  #answered(message: FromHashWorker): void {
    const stream = this.#streams.get(message.stream)
    if (!stream) return
    if (message.did === 'update') stream.updates.shift()?.resolve()
    else if (message.did === 'digest') {
      this.#remove(message.stream)
      stream.digest?.resolve(message.hashes)
    } else this.#fail(message.stream, stream, new Error(`Hashing failed: ${message.message}`))
  }

  #fail(id: number, stream: OpenStream, error: Error): void {
    stream.failure = error
    for (const update of stream.updates.splice(0)) update.reject(error)
    stream.digest?.reject(error)
    this.#remove(id)
  }

  #failAll(error: Error): void {
    for (const [id, stream] of this.#streams) this.#fail(id, stream, error)
  }
}
