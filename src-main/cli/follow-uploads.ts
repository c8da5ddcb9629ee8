import type { UploadId } from '@contract/ids.ts'
import { isEnd } from '../core/upload/upload-record.ts'
import type { UploadRecord } from '../core/upload/upload-record.ts'
import type { CliServices, CliWorld } from './cli-world.ts'
import { adviceFor, EXIT } from './exit-codes.ts'
import { bytesText, countText } from './output.ts'

const LOOK_EVERY_MS = 100
/** How long the work beside the uploads (metadata, jobs) may take once they are over; its rest stays in the journal. */
const TRACKS_PATIENCE_MS = 60_000
const PREVIEWS_PATIENCE_MS = 30 * 60_000
/** Another process that follows the same rows sees its end by the journal; the tracks are the runner's. */

export interface FollowOptions {
  /** Uploads whose end is waited for. */
  ids: readonly UploadId[]
  waitPreviews: boolean
  offlineWaitMs: number
  /** What is said of an upload when it is done, besides. */
  remarks?: ReadonlyMap<UploadId, string>
}

export interface FollowResult {
  exitCode: number
  done: number
  failed: number
  unproven: number
  cancelled: number
  /** Held by a person when everything else was over. */
  paused: number
  sizeBytes: number
}

/**
 * Tells what becomes of uploads until all are over or paused, the server is away too long, nobody is signed in, or a signal comes.
 * What is paused is named and counts as not done.
 */
export async function followUploads(
  world: CliWorld,
  services: CliServices,
  options: FollowOptions,
): Promise<FollowResult> {
  const follower = new Follower(world, services, options)
  try {
    return await follower.run()
  } finally {
    world.output.progress(null)
  }
}

/**
 * Says what went wrong beside uploads whose bytes are there.
 *
 * @returns of how many the metadata is not as it was asked for
 */
export function tellWarnings(
  { output }: CliWorld,
  { journal }: CliServices,
  ids: Iterable<UploadId>,
): number {
  let refused = 0
  for (const id of ids) {
    const upload = journal.get(id)
    if (!upload?.warning) continue
    const { path, assetId, warning, metadata } = upload
    if (metadata === 'failed') refused++
    output.event('warning', { id, path, assetId, reason: warning })
    output.warn(`${path}: ${warning}`)
  }
  return refused
}

class Follower {
  readonly #world: CliWorld
  readonly #services: CliServices
  readonly #options: FollowOptions
  readonly #open: Set<UploadId>
  /** Of the open ones: held by a person, through the app perhaps, who may let them go again. */
  readonly #paused = new Set<UploadId>()
  readonly #started = new Set<UploadId>()
  readonly #ends = { verified: 0, failed: 0, unproven: 0, cancelled: 0 }
  #sizeBytes = 0
  #toldRunner = false
  #toldOffline = false
  #toldFull = false

  constructor(world: CliWorld, services: CliServices, options: FollowOptions) {
    this.#world = world
    this.#services = services
    this.#options = options
    this.#open = new Set(options.ids)
  }

  async run(): Promise<FollowResult> {
    const { uploads, clock } = this.#services
    const stopListening = uploads.onChanged((_change, records) => this.#note(records))
    // Node's timers of services do not keep the process alive: this one does.
    const alive = setInterval(() => undefined, 60_000)
    try {
      uploads.start()
      this.#lookAtAll()
      let overSinceMs: number | null = null
      for (;;) {
        if (this.#world.interrupted.aborted) return this.#result(EXIT.someFailed)
        this.#showProgress()
        this.#lookAtRunner()
        const gone = this.#whyGone()
        if (gone !== null) return this.#result(gone)
        if (this.#open.size > this.#paused.size) overSinceMs = null
        else {
          overSinceMs ??= clock.monotonicMs()
          if (!this.#tracksAreOpen(clock.monotonicMs() - overSinceMs)) return await this.#end()
        }
        await clock.sleep(LOOK_EVERY_MS)
      }
    } finally {
      clearInterval(alive)
      stopListening()
    }
  }

  /** Rows may have ended before anyone listened. */
  #lookAtAll(): void {
    for (const id of this.#open) {
      const upload = this.#services.journal.get(id)
      if (upload) this.#note([upload])
      else this.#open.delete(id)
    }
  }

  #note(records: readonly UploadRecord[]): void {
    for (const upload of records) {
      if (!this.#open.has(upload.id)) continue
      if (upload.hold === 'paused' && !upload.active && !isEnd(upload.step)) {
        this.#paused.add(upload.id)
        continue
      }
      this.#paused.delete(upload.id)
      if (isEnd(upload.step) && upload.hold !== 'cancelling') this.#over(upload)
      else if (upload.active) this.#moving(upload)
    }
  }

  #moving(upload: UploadRecord): void {
    const { output } = this.#world
    this.#start(upload)
    output.event('progress', {
      id: upload.id,
      path: upload.path,
      sentBytes: Math.min(upload.sentBytes, upload.sizeBytes),
      sizeBytes: upload.sizeBytes,
    })
  }

  /** Once for each; a small one may be over before it was seen moving. */
  #start({ id, path, sizeBytes }: UploadRecord): void {
    if (this.#started.has(id)) return
    this.#started.add(id)
    this.#world.output.event('started', { id, path, sizeBytes })
  }

  #over(upload: UploadRecord): void {
    this.#open.delete(upload.id)
    if (upload.step === 'verified') this.#start(upload)
    if (upload.step === 'verified') this.#done(upload)
    else if (upload.step === 'cancelled') {
      this.#ends.cancelled++
      const { id, path, assetId } = upload
      this.#world.output.event('cancelled', { id, path, assetId })
      this.#world.output.say(`cancelled  ${upload.path}`)
    } else this.#failed(upload)
  }

  #done(upload: UploadRecord): void {
    this.#ends.verified++
    this.#sizeBytes += upload.sizeBytes
    const files = this.#services.journal.files(upload.id)
    const first = files[0]
    const remark = this.#options.remarks?.get(upload.id)
    this.#world.output.event('done', {
      id: upload.id,
      path: upload.path,
      assetId: upload.assetId,
      fileIds: files.map((file) => file.fileId),
      sizeBytes: upload.sizeBytes,
      proof: upload.proof,
      md5: first?.md5 ?? null,
      sha1: first?.sha1 ?? null,
      crc32c: first?.crc32c ?? null,
      xxh128: first?.xxh128 ?? null,
      ...(remark === undefined ? {} : { remark }),
      ...(files.length > 1
        ? {
            files: files.map(({ relativePath, fileId, sizeBytes, md5, sha1, crc32c, xxh128 }) => ({
              relativePath,
              fileId,
              sizeBytes,
              md5,
              sha1,
              crc32c,
              xxh128,
            })),
          }
        : {}),
    })
    const said = remark === undefined ? '' : `: ${remark}`
    this.#world.output.say(`done  ${upload.path}  (${bytesText(upload.sizeBytes)}; ${upload.proof})${said}`)
  }

  #failed(upload: UploadRecord): void {
    const unproven = upload.step === 'unproven'
    this.#ends[unproven ? 'unproven' : 'failed']++
    const reason = unproven ? `closed, unproven: ${upload.proof}` : (upload.error?.message ?? 'failed')
    const advice = upload.error ? adviceFor(upload.error) : ''
    this.#world.output.event('failed', {
      id: upload.id,
      path: upload.path,
      state: upload.step,
      code: upload.error?.code ?? null,
      reason,
      advice,
      assetId: upload.assetId,
    })
    this.#world.output.say(
      `${unproven ? 'unproven' : 'failed'}  ${upload.path}: ${reason}${advice ? ` ${advice}` : ''}`,
    )
  }

  #lookAtRunner(): void {
    const { hold } = this.#services.uploads
    if (hold?.reason === 'other-runner' && !this.#toldRunner) {
      this.#toldRunner = true
      this.#world.output.warn(
        `Another Ferry (process ${hold.pid}) runs the queue of this state folder. It does the work; this command follows.`,
      )
    }
    if (hold?.reason === 'offline' && !this.#toldOffline)
      this.#world.output.warn('The server cannot be reached. Waiting for it; nothing is lost.')
    this.#toldOffline = hold?.reason === 'offline'
    if (hold?.reason === 'store-full' && !this.#toldFull)
      this.#world.output.warn(
        'The disk that holds the journal is full. Make room on it; uploads go on by themselves, and nothing is lost.',
      )
    this.#toldFull = hold?.reason === 'store-full'
  }

  /** The exit code when waiting is over for a reason outside the uploads. */
  #whyGone(): number | null {
    const { hold } = this.#services.uploads
    if (hold?.reason === 'signed-out') {
      this.#world.output.warn(
        'The server does not take the token any more. Sign in again, then run “ferry resume”: the queue is kept.',
      )
      return EXIT.notSignedIn
    }
    if (
      hold?.reason === 'offline' &&
      this.#services.clock.nowMs() - hold.sinceMs >= this.#options.offlineWaitMs
    ) {
      this.#world.output.warn(
        'The server stayed away. Run “ferry resume” when it is back: the queue is kept.',
      )
      return EXIT.unreachable
    }
    if (
      hold?.reason === 'store-full' &&
      this.#services.clock.nowMs() - hold.sinceMs >= this.#options.offlineWaitMs
    ) {
      this.#world.output.warn('The disk stayed full. Make room on it, then run “ferry resume”.')
      return EXIT.someFailed
    }
    return null
  }

  #tracksAreOpen(overForMs: number): boolean {
    const { uploads } = this.#services
    // Whoever runs the queue sees to them.
    if (uploads.hold?.reason === 'other-runner') return false
    const patienceMs = this.#options.waitPreviews ? PREVIEWS_PATIENCE_MS : TRACKS_PATIENCE_MS
    return overForMs < patienceMs && uploads.hasOpenTracks(this.#options.waitPreviews)
  }

  async #end(): Promise<FollowResult> {
    try {
      await this.#services.uploads.sweepNow()
    } catch {
      // The schedule of sweeps stays in the journal; the next start goes on with it.
    }
    const refused = tellWarnings(this.#world, this.#services, this.#options.ids)
    for (const id of this.#paused) {
      const upload = this.#services.journal.get(id)
      if (upload) this.#world.output.say(`paused  ${upload.path}: run “ferry resume” to go on with it`)
    }
    const { failed, unproven, cancelled } = this.#ends
    return this.#result(
      failed + unproven + cancelled + refused + this.#paused.size > 0 ? EXIT.someFailed : EXIT.ok,
    )
  }

  #showProgress(): void {
    const summary = this.#services.uploads.summary()
    const speed = summary.bytesPerSecond
    const done = summary.counts.done
    const note = [
      countText(done, 'done', 'done'),
      speed ? `${bytesText(speed)}/s` : '',
      summary.secondsLeft ? `${Math.ceil(summary.secondsLeft)} s left` : '',
      summary.held ?? '',
    ]
    this.#world.output.progress({
      title: 'Uploading',
      doneBytes: summary.sentBytes,
      totalBytes: summary.totalBytes,
      note: note.filter((part) => part !== '').join('  '),
    })
  }

  #result(exitCode: number): FollowResult {
    return {
      exitCode,
      done: this.#ends.verified,
      failed: this.#ends.failed,
      unproven: this.#ends.unproven,
      cancelled: this.#ends.cancelled,
      paused: this.#paused.size,
      sizeBytes: this.#sizeBytes,
    }
  }
}
