import { createHash, randomBytes } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UploadId } from '@contract/ids.ts'
import type { UploadRecord } from '@main/core/upload/upload-record.ts'
import { adviceFor } from '@main/cli/exit-codes.ts'
import { startWorkspace, type Workspace } from '@main/workspace/index.ts'
import { age } from '../ferry-command.ts'
import { ServerView } from '../crash/server-view.ts'
import { fastClock } from './fast-clock.ts'
import { DONE, endMeddling } from './fault-case.ts'
import type { CaseWorld, FaultCase, Method } from './fault-case.ts'
import { UploadStation } from './upload-station.ts'

const CLOCK_FACTOR = 20
const LARGE_BYTES = 1_300_017

/** What was seen of one case on one storage. */
export interface Seen {
  outcome: string
  /** Where it failed or waited: what a person reads. */
  reason: string
  advice: string
}

/** A workspace of one storage method, on which cases run one after another. */
export class FaultBench {
  readonly method: Method
  readonly #folder: string
  #workspace!: Workspace
  #view!: ServerView
  #count = 0

  constructor(method: Method) {
    this.method = method
    this.#folder = realpathSync(mkdtempSync(path.join(tmpdir(), `ferry-faults-${method.toLowerCase()}-`)))
  }

  async start(): Promise<void> {
    const before = this.#workspace as Workspace | undefined
    this.#workspace = await startWorkspace({
      dataDir: path.join(this.#folder, 'server'),
      previews: false,
      storage: this.method.toLowerCase() as Lowercase<Method>,
      faults: { rules: [] },
      // Real parts have 5 MiB at least; small ones make a case quick.
      assumptions: { s3MinimumPartBytes: 1 },
      ...(before
        ? { port: Number(new URL(before.url).port), appId: before.appId, authToken: before.authToken }
        : {}),
    })
    this.#view = new ServerView(this.#workspace)
  }

  async close(): Promise<void> {
    await this.#workspace.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async run(fault: FaultCase): Promise<Seen> {
    const name = `case-${++this.#count}`
    const source = path.join(this.#folder, name)
    mkdirSync(path.join(source, 'inner'), { recursive: true })
    const largePath = path.join(source, `${name} large.mov`)
    writeSource(largePath, LARGE_BYTES)
    writeSource(path.join(source, `${name} small.mov`), 5000)
    writeSource(path.join(source, 'inner', `${name} inner.mov`), 1_100_000)
    const hooks: { middle: (() => void) | null; create: (() => void) | null } = { middle: null, create: null }
    const clock = fastClock(CLOCK_FACTOR)
    const pending: Promise<unknown>[] = []
    const station = new UploadStation({
      server: this.#workspace,
      stateDir: path.join(this.#folder, `${name}-state`),
      clock,
      onSent: (file, sentBytes) => {
        if (file !== largePath || sentBytes < LARGE_BYTES / 2 || !hooks.middle) return
        const work = hooks.middle
        hooks.middle = null
        work()
      },
      wrapApi: (api) => ({
        ...api,
        assets: {
          ...api.assets,
          create: async (...args) => {
            const made = await api.assets.create(...args)
            const work = hooks.create
            hooks.create = null
            work?.()
            return made
          },
        },
      }),
    })
    const world: CaseWorld = {
      method: this.method,
      largePath,
      bytesPattern: this.method === 'B2' ? 'POST /_storage/*' : 'PUT /_storage/*',
      setFaults: (rules) => this.#view.setFaults(rules),
      inTheMiddle: (work) => (hooks.middle = work),
      afterFirstCreate: (work) => (hooks.create = work),
      stopServer: () => this.#workspace.close(),
      startServer: () => this.start(),
      journalIsFull: (full) => fillJournal(station, full),
      later: (delayMs, work) => void pending.push(clock.sleep(delayMs).then(work)),
    }
    try {
      await fault.cause(world)
      const ids = await station.enqueue([source], null)
      const seen = await this.#watch(fault, world, station, ids)
      await Promise.all(pending)
      await this.#view.setFaults([])
      if (!seen.outcome.endsWith(DONE)) return seen
      const wrong = await this.#wrong(name, source, station)
      return wrong.length > 0 ? { ...seen, outcome: `WRONG: ${wrong.join('; ')}` } : seen
    } finally {
      endMeddling(largePath)
      fillJournal(station, false)
      await station.close()
      rmSync(source, { recursive: true, force: true })
    }
  }

  async #watch(fault: FaultCase, world: CaseWorld, station: UploadStation, ids: UploadId[]): Promise<Seen> {
    const first = await station.untilSettled(ids)
    const { hold } = station.uploads
    if (hold?.reason === 'signed-out' || hold?.reason === 'store-full') {
      const reason = station.uploads.summary().held ?? ''
      await fault.lift?.(world)
      while (station.uploads.hold) await sleep(10)
      const end = outcomeOf(await station.untilSettled(ids))
      return { outcome: `waits and asks; then ${end}`, reason, advice: '' }
    }
    const failed = first.find((record) => record.step === 'failed')
    if (!failed) {
      const waited = station.holds.has('offline') && fault.promised.startsWith('waits')
      return { outcome: `${waited ? 'waits for it; then ' : ''}${outcomeOf(first)}`, reason: '', advice: '' }
    }
    const code = failed.error?.code ?? 'bug'
    await fault.lift?.(world)
    station.uploads.retry({ all: true })
    const end = outcomeOf(await station.untilSettled(ids))
    return {
      outcome: `fails (${code}); retry: ${end}`,
      reason: failed.error?.message ?? '',
      advice: failed.error ? adviceFor(failed.error) : '',
    }
  }

  /** What the server holds for the case against what lies in the folder now. */
  async #wrong(name: string, source: string, station: UploadStation): Promise<string[]> {
    await station.untilTracksRest()
    await station.uploads.sweepNow()
    const wrong: string[] = []
    const assets = await this.#view.assets((title) => title.startsWith(name))
    for (const file of readdirSync(source, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue
      const md5 = createHash('md5')
        .update(readFileSync(path.join(file.parentPath, file.name)))
        .digest('hex')
      const homes = assets.filter((asset) => asset.title === file.name)
      if (homes.length !== 1) wrong.push(`${file.name} is there ${homes.length} times`)
      for (const asset of homes) {
        if (asset.formats.length !== 1) wrong.push(`${asset.formats.length} formats of ${file.name}`)
        if (asset.fileSets.length !== 1) wrong.push(`${asset.fileSets.length} file sets of ${file.name}`)
        if (asset.files.length !== 1) wrong.push(`${asset.files.length} files of ${file.name}`)
        if (asset.files[0]?.status !== 'CLOSED') wrong.push(`${file.name} is ${asset.files[0]?.status}`)
        if (asset.files[0]?.md5 !== md5) wrong.push(`${file.name} has other bytes there`)
      }
    }
    if (assets.length !== 3) wrong.push(`${assets.length} assets for 3 files`)
    const jobs = (await this.#view.transferJobs()).filter((job) => job['status'] === 'STARTED')
    if (jobs.length > 0) wrong.push(`${jobs.length} jobs left running`)
    return wrong
  }
}

function writeSource(file: string, sizeBytes: number): void {
  writeFileSync(file, randomBytes(sizeBytes))
  age(file)
}

function outcomeOf(records: readonly UploadRecord[]): string {
  const steps = new Set(records.map((record) => record.step))
  if (steps.size === 1 && steps.has('verified')) return DONE
  return `${[...steps].join(' and ')}: ${records.find((record) => record.error)?.error?.message ?? ''}`
}

/**
 * A full disk as SQLite reports it (SQLITE_FULL), thrown where a write ends: a disk of its own could be filled only as root.
 */
function fillJournal({ database }: UploadStation, full: boolean): void {
  if (!full) {
    delete (database as { exec?: unknown }).exec
    return
  }
  const exec = database.exec.bind(database)
  database.exec = (sql: string) => {
    if (sql !== 'COMMIT') return exec(sql)
    throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })
  }
}
