import { createHash } from 'node:crypto'
import type { AssetId, BatchId, UploadId } from '@contract/ids.ts'
import { createXXHash128 } from 'hash-wasm'
import { MemoryFileSystem } from '@main/adapters/memory/memory-file-system.ts'
import type { CommittedPlan, FieldValues, ScannedFile } from '@main/core/clip.ts'
import { sameSighting } from '@main/core/intake/settle.ts'
import type { Clock } from '@main/ports/clock.ts'
import type { FileSystem } from '@main/ports/file-system.ts'
import type { IconikApi } from '@main/ports/iconik-api.ts'
import type { Hasher } from '@main/ports/hasher.ts'
import type { Logger } from '@main/ports/logger.ts'
import type { MediaProbe, ProbedMedia } from '@main/ports/media-probe.ts'
import type {
  KnownFile,
  KnownSize,
  KnownUploads,
  UploadIntake,
  UploadOutcome,
} from '@main/ports/upload-intake.ts'
import { ClipPlanner } from '@main/services/intake/clip-planner.ts'

/** Time that a test moves. Timers fire in order while it is moved. */
export class TestClock implements Clock {
  #nowMs = 1_700_000_000_000
  #timers: { atMs: number; callback: () => void }[] = []

  nowMs(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs - 1_600_000_000_000
  }

  after(delayMs: number, callback: () => void): { cancel(): void } {
    const timer = { atMs: this.#nowMs + delayMs, callback }
    this.#timers.push(timer)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
      },
    }
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.after(delayMs, resolve)
      signal?.addEventListener('abort', () => {
        timer.cancel()
        reject(signal.reason as Error)
      })
    })
  }

  /**
   * Lets time pass, giving everything that wakes the chance to run before the next does.
   *
   * @param turns of the event loop that each gets; one is enough where everything is in memory
   */
  async pass(ms: number, turns = 20): Promise<void> {
    const endMs = this.#nowMs + ms
    await settleMicrotasks(turns)
    for (;;) {
      let next: { atMs: number; callback: () => void } | undefined
      for (const timer of this.#timers)
        if (timer.atMs <= endMs && (next === undefined || timer.atMs < next.atMs)) next = timer
      if (!next) break
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.callback()
      await settleMicrotasks(turns)
    }
    this.#nowMs = endMs
    await settleMicrotasks(turns)
  }
}

/** Work on memory takes no time, but turns of the event loop. */
async function settleMicrotasks(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
}

// Made once and used without waiting: a test's clock knows nothing of a compiler that runs beside it.
const xxh128 = await createXXHash128()

/** A real hasher for small files of any file system. */
export function smallFileHasher(fileSystem: FileSystem): Hasher & { hashed: string[] } {
  const hashed: string[] = []
  return {
    hashed,
    hashFile: async (path) => {
      const bytes = await fileSystem.readSmall(path, 100_000_000)
      hashed.push(path)
      const md5 = createHash('md5').update(bytes).digest('hex')
      return { hashes: { xxh128: xxh128.init().update(bytes).digest(), md5 }, sizeBytes: bytes.length }
    },
  }
}

/** Tells of each file what the test says. */
export function tellingProbe(
  facts: (path: string) => Partial<ProbedMedia>,
): MediaProbe & { probed: string[] } {
  const probed: string[] = []
  return {
    probed,
    probe: async (path) => {
      probed.push(path)
      return { format: {}, components: [], embedded: {}, ...facts(path) }
    },
  }
}

/** An upload queue that remembers plans; uploads finish when the test says so. */
export class RememberingQueue implements UploadIntake, KnownUploads {
  readonly plans: CommittedPlan[] = []
  readonly #files: KnownFile[] = []
  readonly #taken: { plan: CommittedPlan; uploadIds: (UploadId | null)[] }[] = []
  readonly #outcomes = new Map<UploadId, UploadOutcome>()
  readonly #listeners = new Set<(outcome: UploadOutcome) => void>()
  readonly #folders = new Map<UploadId, string | null>()
  readonly #hash: (path: string) => Promise<string | null>
  #next = 1

  constructor(hash: (path: string) => Promise<string | null> = async () => null) {
    this.#hash = hash
  }

  get uploadedPaths(): string[] {
    return this.#files.map(({ path }) => path)
  }

  async enqueue(plan: CommittedPlan): Promise<{ batchId: BatchId; uploadIds: (UploadId | null)[] }> {
    this.plans.push(plan)
    const uploadIds: (UploadId | null)[] = []
    for (const { clip, decision } of plan.clips) {
      if (decision.do === 'skip' || decision.do === 'wait') {
        uploadIds.push(null)
        continue
      }
      const number = this.#next++
      const uploadId = decision.do === 'join' ? (decision.uploadId as UploadId) : (`u${number}` as UploadId)
      const assetId = `00000000-0000-1000-8000-${String(number).padStart(12, '0')}` as AssetId
      const twin = this.#files.find((file) => file.uploadId === uploadId)
      for (const file of clip.files)
        this.#files.unshift({
          ...file,
          uploadId,
          title: clip.title,
          xxh128: await this.#hash(file.path),
          state: 'active',
          fileCount: clip.files.length,
          assetId: decision.do === 'version' ? decision.assetId : (twin?.assetId ?? assetId),
        })
      const batchId = `b${this.plans.length}` as BatchId
      this.#outcomes.set(uploadId, { uploadId, batchId, assetId: null, state: 'active', reason: '' })
      this.#folders.set(uploadId, plan.watchFolderId)
      uploadIds.push(uploadId)
    }
    this.#taken.push({ plan, uploadIds })
    return { batchId: `b${this.plans.length}` as BatchId, uploadIds }
  }

  /** Ends uploads that are on their way; all of them unless told which. */
  finish(state: UploadOutcome['state'] = 'done', uploadId?: UploadId): void {
    for (const outcome of this.#outcomes.values()) {
      if (outcome.state !== 'active' || (uploadId !== undefined && outcome.uploadId !== uploadId)) continue
      const files = this.#files.filter((file) => file.uploadId === outcome.uploadId)
      for (const file of files) file.state = state
      outcome.state = state
      outcome.assetId = files[0]?.assetId ?? null
      for (const listener of this.#listeners) listener({ ...outcome })
    }
  }

  /** What is on its way takes its source as it is now. */
  readAnew(path: string, { sizeBytes, mtimeMs, inode }: ScannedFile): void {
    for (const file of this.filesAtPath(path))
      if (file.state === 'active') Object.assign(file, { sizeBytes, mtimeMs, inode })
  }

  outcome(uploadId: UploadId): UploadOutcome | undefined {
    return this.#outcomes.get(uploadId)
  }

  onOutcome(listener: (outcome: UploadOutcome) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  whileTakingIn<T>(work: () => Promise<T>): Promise<T> {
    return work()
  }
  mayTakeAlong(files: readonly ScannedFile[]): ReadonlySet<string> {
    const isTaken = (file: ScannedFile) =>
      this.filesAtPath(file.path).some(
        ({ state, ...before }) => state === 'active' && !sameSighting(file, before),
      )
    return new Set(files.filter(isTaken).map(({ path }) => path))
  }

  countsOfWatchFolder(watchFolderId: string) {
    const states = [...this.#outcomes.values()].filter(
      ({ uploadId }) => this.#folders.get(uploadId) === watchFolderId,
    )
    return {
      queued: states.filter(({ state }) => state === 'active').length,
      uploading: 0,
      done: states.filter(({ state }) => state === 'done').length,
      needsYou: states.filter(({ state }) => state === 'failed').length,
    }
  }

  filesAtPath(path: string): KnownFile[] {
    return this.#files.filter((file) => file.path === path)
  }

  filesAtPaths(paths: readonly string[]): KnownFile[] {
    const wanted = new Set(paths)
    return this.#files.filter((file) => wanted.has(file.path))
  }

  filesStartingWith(pathPrefix: string): KnownFile[] {
    return this.#files.filter(({ path }) => path.startsWith(pathPrefix))
  }

  valuesSent(uploadId: UploadId): FieldValues {
    const values: FieldValues = {}
    for (const { uploadIds, plan } of this.#taken)
      for (const [at, { target, decision }] of plan.clips.entries())
        if (uploadIds[at] === uploadId && decision.do !== 'skip') Object.assign(values, target.metadata)
    return values
  }

  isSizeRead(sizeBytes: number): boolean {
    return this.#files.some((file) => file.sizeBytes === sizeBytes && file.xxh128 !== null)
  }

  knownSizes(sizesBytes: readonly number[]): KnownSize[] {
    return sizesBytes.flatMap((sizeBytes) => {
      const same = this.#files.filter((file) => file.sizeBytes === sizeBytes)
      const isRead = this.isSizeRead(sizeBytes)
      return same.length > 0 ? { sizeBytes, isRead, isUnread: same.some((file) => file.xxh128 === null) } : []
    })
  }

  unreadOfSize(sizeBytes: number): KnownFile | null {
    const isUnread = ({ state, xxh128 }: KnownFile) => state === 'active' && xxh128 === null
    return this.#files.find((file) => file.sizeBytes === sizeBytes && isUnread(file)) ?? null
  }

  filesWithXxh128(xxh128: string, sizeBytes: number): KnownFile[] {
    return this.#files.filter((file) => file.xxh128 === xxh128 && file.sizeBytes === sizeBytes)
  }
}

/** Everything that planning stands on, in memory. */
export function intakeWorld(
  options: { probe?: MediaProbe; libraryHasSize?: (sizeBytes: number) => boolean; api?: object } = {},
) {
  const clock = new TestClock()
  const fileSystem = new MemoryFileSystem({ nowMs: () => clock.nowMs() })
  const hasher = smallFileHasher(fileSystem)
  const queue = new RememberingQueue(
    async (path) => (await hasher.hashFile(path, ['xxh128'])).hashes.xxh128 ?? null,
  )
  const planner = new ClipPlanner({
    fileSystem,
    hasher,
    probe: options.probe ?? tellingProbe(() => ({})),
    clock,
    logger: silentLogger,
    known: queue,
    api: () => (options.api ?? null) as IconikApi | null,
    ...(options.libraryHasSize ? { libraryHasSize: options.libraryHasSize } : {}),
  })
  return { clock, fileSystem, hasher, queue, planner, logger: silentLogger }
}
