import path from 'node:path'
import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { UploadId } from '@contract/ids.ts'
import type { WatchFolderView, WatchRules } from '@contract/watch-folders.ts'
import { findAppError } from '../core/errors.ts'
import { isEnd } from '../core/upload/upload-record.ts'
import type { UploadRecord } from '../core/upload/upload-record.ts'
import { refuseWatchedDoneFolder } from '../services/watch/done-folder.ts'
import type { WatchFolders } from '../services/watch/watch-folders.ts'
import type { CliServices, CliWorld } from './cli-world.ts'
import { EXIT, UsageError, adviceFor } from './exit-codes.ts'
import { tellWarnings } from './follow-uploads.ts'
import { bytesText } from './output.ts'
import { paceSettings } from './pace-options.ts'
import { parseAmount } from './parse-values.ts'
import { type ReceiptOptions, addReceiptOptions, writeReceipts } from './receipt-options.ts'
import { stateDirOf } from './state-option.ts'
import { type TargetOptions, addTargetOptions, targetsOf } from './target-options.ts'
import { tellCard } from './tell-cards.ts'
import { tellSummary } from './tell-summary.ts'

const LOOK_EVERY_MS = 200
const MOST_FAILED = 1000
/** Whoever stops a watch does not wait longer than this for what is said of its cards. */
const LONGEST_CARDS_MS = 10_000

interface WatchOptions extends TargetOptions, ReceiptOptions {
  waitPreviews?: true
  settle: number
  after: WatchRules['after']
  untilIdle?: number
  offlineWait: number
}

/** `ferry watch PATH...` */
export function addWatch(program: Command, world: CliWorld): void {
  const command = program
    .command('watch')
    .description(
      'Upload what lands in folders, until it is stopped. Knows what it sent when it is started again.',
    )
    .argument('<path...>')
  addTargetOptions(command)
  addReceiptOptions(command)
    .option('--wait-previews', 'count a clip as idle only when its previews are made')
    .option('--settle <seconds>', 'size and date must be quiet for so long', parseSettle, 5)
    .addOption(
      new Option('--after <what>', 'leave, move:DIR or delete, once it is verified')
        .argParser(parseAfter)
        .default({ do: 'leave' }, 'leave'),
    )
    .option('--until-idle <seconds>', 'end when nothing settled, waited or was sent for so long', parseAmount)
    .option('--offline-wait <minutes>', 'how long to wait for a server that went away', parseAmount, 10)
    .action(async (paths: string[], options: WatchOptions) => {
      process.exitCode = await watch(world, stateDirOf(program, world), paths, options, command)
    })
}

function parseSettle(text: string): number {
  const seconds = parseAmount(text)
  if (seconds < 0.1 || seconds > 86_400) throw new InvalidArgumentError('Give seconds from 0.1 to 86400.')
  return seconds
}

/** "leave", "move:DIR" or "delete". */
function parseAfter(text: string): WatchRules['after'] {
  if (text === 'leave' || text === 'delete') return { do: text }
  const directory = /^move:(.+)$/s.exec(text)?.[1]
  if (directory === undefined) throw new InvalidArgumentError('Give leave, move:DIR or delete.')
  return { do: 'move', directory: path.resolve(directory) }
}

async function watch(
  world: CliWorld,
  stateDir: string,
  paths: string[],
  options: WatchOptions,
  command: Command,
): Promise<number> {
  const roots = [...new Set(paths.map((given) => path.resolve(given)))]
  const ruled = roots.map((root) => ({ path: root, rules: options }))
  // Before any of them is noted for good.
  for (const root of ruled)
    refuseWatchedDoneFolder(
      root,
      ruled.filter((other) => other !== root),
    )
  const services = await world.openServices(stateDir, {
    ...paceSettings(options),
    followPreviews: options.waitPreviews ?? false,
  })
  const startedMs = services.clock.monotonicMs()
  const folders = services.watchFolders()
  // Node's timers of services do not keep the process alive: this one does.
  const alive = setInterval(() => undefined, 60_000)
  try {
    const rules: Partial<WatchRules> = {
      ...(await targetsOf(services, options, command)),
      settleSeconds: options.settle,
      after: options.after,
    }
    for (const root of roots) await refuseFile(services, root)
    await folders.start(roots)
    for (const root of roots) await folders.ensure(root, rules)
    return await follow(world, services, folders, startedMs, options)
  } finally {
    clearInterval(alive)
    await folders.stop()
    await services.close()
  }
}

/** A folder that is not there may come back; a file in its place never becomes one. */
async function refuseFile({ fileSystem }: CliServices, root: string): Promise<void> {
  const found = await fileSystem.stat(root).catch(() => null)
  if (found?.kind === 'file')
    throw new UsageError(
      `${root} is a file. Name the folder that it lies in, or send it with “ferry upload”.`,
    )
}

async function follow(
  world: CliWorld,
  services: CliServices,
  folders: WatchFolders,
  startedMs: number,
  options: WatchOptions,
): Promise<number> {
  const teller = new OutcomeTeller(world, services)
  const stopTelling = services.uploads.onChanged((_change, records) => teller.note(records))
  const stopShowing = folders.onChanged((views) => teller.showFolders(views))
  services.uploads.start()
  try {
    await folders.ready()
    for (const view of folders.list()) {
      world.output.event('watching', { path: view.path, state: view.state, files: view.counts.files })
      world.output.say(`watching  ${view.path}`)
    }
    const exitCode = await untilOver(world, services, folders, options)
    const needsYou = folders.list().reduce((sum, view) => sum + view.counts.needsYou, 0)
    const stayed = await tellWhatWaits(world, services, folders)
    teller.tellFailedBefore(folders.list().map(({ id }) => id))
    const refused = tellWarnings(world, services, teller.ids)
    const result = {
      ...teller.totals,
      exitCode: exitCode === EXIT.ok && needsYou + stayed + refused > 0 ? EXIT.someFailed : exitCode,
    }
    const isReceipted = await writeReceipts(world, services, teller.ids, options)
    tellSummary(world, services, startedMs, { ...result, skipped: 0, problems: 0 })
    return result.exitCode === EXIT.ok && !isReceipted ? EXIT.someFailed : result.exitCode
  } finally {
    stopTelling()
    stopShowing()
    world.output.progress(null)
  }
}

/**
 * Names each file that needs a person, and says of each camera card whether it is safe to erase.
 *
 * @returns how many of them were to go once they are verified, and stay
 */
async function tellWhatWaits(
  { output }: CliWorld,
  { clock }: CliServices,
  folders: WatchFolders,
): Promise<number> {
  let stayed = 0
  const tooLong = new AbortController()
  const timer = clock.after(LONGEST_CARDS_MS, () => tooLong.abort())
  for (const { id, path: folder, rules } of folders.list()) {
    for (const { kind, path: file, reason } of folders.attention(id)) {
      // Where all files stay, what stays was told of as its upload ended.
      if (kind === 'link' || (kind === 'stays' && rules.after.do === 'leave')) continue
      if (kind === 'stays') stayed++
      output.event('failed', { path: file, state: kind, reason })
      output.say(`${kind}  ${file}: ${reason}`)
    }
    try {
      for (const card of await folders.cards(id, tooLong.signal)) tellCard({ output }, card)
    } catch (error) {
      const known = findAppError(error)
      if (!known) throw error
      output.warn(`The cards in ${folder} could not be looked at: ${known.message}`)
    }
  }
  timer.cancel()
  return stayed
}

/** Waits for a signal, for idleness where that was asked for, or for a reason not to go on. */
async function untilOver(
  world: CliWorld,
  services: CliServices,
  folders: WatchFolders,
  options: WatchOptions,
): Promise<number> {
  const { clock, uploads } = services
  let busyAtMs = clock.monotonicMs()
  while (!world.interrupted.aborted) {
    const nowMs = clock.monotonicMs()
    const { hold } = uploads
    if (hold?.reason === 'signed-out') {
      world.output.warn(
        'The server does not take the token any more. Sign in again and start the command again.',
      )
      return EXIT.notSignedIn
    }
    if (hold?.reason === 'offline' && clock.nowMs() - hold.sinceMs >= options.offlineWait * 60_000) {
      world.output.warn('The server stayed away. The same command goes on when it is back.')
      return EXIT.unreachable
    }
    const isMoving = folders.list().some(({ counts }) => counts.queued + counts.uploading > 0)
    if (folders.isBusy || isMoving || uploads.hasOpenTracks(options.waitPreviews ?? false)) busyAtMs = nowMs
    if (options.untilIdle !== undefined && nowMs - busyAtMs >= options.untilIdle * 1000) return EXIT.ok
    await clock.sleep(LOOK_EVERY_MS, world.interrupted).catch(() => undefined)
  }
  return EXIT.ok
}

/** Tells what becomes of uploads that come from watch folders, and of the folders themselves. */
class OutcomeTeller {
  readonly #world: CliWorld
  readonly #services: CliServices
  readonly #told = new Map<UploadId, string>()
  readonly #problems = new Map<string, string>()
  readonly totals = { done: 0, failed: 0, unproven: 0, cancelled: 0, sizeBytes: 0 }

  constructor(world: CliWorld, services: CliServices) {
    this.#world = world
    this.#services = services
  }

  /** Uploads that came to their end. */
  get ids(): Iterable<UploadId> {
    return this.#told.keys()
  }

  note(records: readonly UploadRecord[]): void {
    for (const upload of records) {
      if (!isEnd(upload.step) || upload.hold === 'cancelling' || this.#told.get(upload.id) === upload.step)
        continue
      this.#told.set(upload.id, upload.step)
      this.#tell(upload)
    }
  }

  /** Names uploads of the folders that failed in an earlier run: they need a person still, and are why the command does not end well. */
  tellFailedBefore(folderIds: readonly string[]): void {
    const { journal, session } = this.#services
    const failed = journal.list(
      session.accountId,
      { states: ['failed', 'unproven'], text: '' },
      0,
      MOST_FAILED,
    )
    for (const upload of failed.rows)
      if (
        !this.#told.has(upload.id) &&
        folderIds.includes(journal.batch(upload.batchId)?.watchFolderId ?? '')
      )
        this.#tell(upload)
  }

  #tell(upload: UploadRecord): void {
    const { output } = this.#world
    const { id, path: file, assetId, sizeBytes, proof } = upload
    if (upload.step === 'verified') {
      this.totals.done++
      this.totals.sizeBytes += sizeBytes
      const files = this.#services.journal.files(id)
      const { md5 = null, xxh128 = null } = files[0] ?? {}
      output.event('done', {
        id,
        path: file,
        assetId,
        fileIds: files.map(({ fileId }) => fileId),
        sizeBytes,
        proof,
        md5,
        xxh128,
      })
      output.say(`done  ${file}  (${bytesText(sizeBytes)}; ${proof})`)
      return
    }
    if (upload.step === 'cancelled') {
      this.totals.cancelled++
      output.event('cancelled', { id, path: file, assetId })
      output.say(`cancelled  ${file}`)
      return
    }
    this.totals[upload.step === 'unproven' ? 'unproven' : 'failed']++
    const reason = upload.error?.message ?? proof
    const advice = upload.error ? adviceFor(upload.error) : ''
    output.event('failed', {
      id,
      path: file,
      state: upload.step,
      code: upload.error?.code ?? null,
      reason,
      advice,
      assetId,
    })
    output.say(`failed  ${file}: ${reason}${advice ? ` ${advice}` : ''}`)
  }

  /** One line when a folder gets or loses a problem; a bar while anything moves. */
  showFolders(views: readonly WatchFolderView[]): void {
    for (const view of views) {
      const problem = view.problem?.message ?? ''
      if (problem !== (this.#problems.get(view.path) ?? '')) {
        this.#problems.set(view.path, problem)
        this.#world.output.warn(problem === '' ? `${view.path} is watched again.` : problem)
      }
    }
    const { sentBytes, totalBytes } = this.#services.uploads.summary()
    const settling = views.reduce((sum, view) => sum + view.counts.settling, 0)
    this.#world.output.progress({
      title: 'Watching',
      doneBytes: sentBytes,
      totalBytes,
      note: settling > 0 ? `${settling} settling` : '',
    })
  }
}
