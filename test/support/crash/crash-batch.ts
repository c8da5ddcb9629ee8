import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { startFerry } from '../ferry-command.ts'
import type { FerryRun } from '../ferry-command.ts'
import { writeCrashSources, writeOneMore } from './crash-sources.ts'
import type { SourceClip } from './crash-sources.ts'
import { seededRandom } from './seeded-random.ts'
import { ServerView } from './server-view.ts'
import type { ServerAccess } from './server-view.ts'

export interface CrashBatch {
  storage: 's3' | 'gcs' | 'azure' | 'b2' | 'file'
  seed: number
  /** Lives of the command that end by SIGKILL before one is let to its end. */
  kills: number
  largeBytes: number
  smallCount: number
  aboutParts: boolean
  /** Rules of the workspace while the command is killed; none after that. */
  faults?: unknown[]
  /** How long after a change search sees it. */
  indexDelayMs?: number
}

export interface CrashReport {
  kills: number
  lives: number
  /** Share of the bytes that were across when each life was killed, to see that kills were spread over the run. */
  shares: number[]
  /** What is wrong; empty when the promise was kept. */
  wrong: string[]
  seconds: number
}

/** The collection that everything goes into: two creates more that may be doubled. */
const COLLECTION = ['Crash rounds', 'Day 1']
/** Lives without a kill until everything is home; more only where answers get lost. */
const MOST_LAST_LIVES = 4
const SIGN_OF_LIFE_MS = 20_000

/**
 * Uploads a folder by the command line, which is killed again and again at seeded moments and begun anew, and looks at what the
 * server holds in the end.
 */
export async function crashBatch(batch: CrashBatch): Promise<CrashReport> {
  const startedMs = performance.now()
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), `ferry-crash-${batch.storage}-`)))
  const random = seededRandom(batch.seed)
  const source = path.join(folder, 'card')
  const clips = writeCrashSources(source, batch, random)
  const server = await serve(folder, batch)
  const view = new ServerView(server.access)
  try {
    await view.setFaults(batch.faults ?? [], batch.seed)
    const paths = { source, state: path.join(folder, 'state') }
    const round = new CrashRound(batch, random, paths, server.access, () =>
      clips.push(writeOneMore(source, batch.largeBytes / 8)),
    )
    await round.killUntilEnough()
    await round.killAtTheEnd()
    await view.setFaults([])
    const ends = await round.comeHome(() => indexCaughtUp(view))
    const wrong = [...ends, ...(await wrongOnServer(view, clips, batch.storage, round.kills))]
    return {
      kills: round.kills,
      lives: round.lives,
      shares: round.shares,
      wrong,
      seconds: (performance.now() - startedMs) / 1000,
    }
  } finally {
    server.child.kill('SIGKILL')
    await server.ended
    rmSync(folder, { recursive: true, force: true })
  }
}

async function serve(
  folder: string,
  { storage, indexDelayMs }: CrashBatch,
): Promise<{ access: ServerAccess; child: ChildProcess; ended: Promise<FerryRun> }> {
  const rules = path.join(folder, 'faults.json')
  writeFileSync(rules, JSON.stringify({ rules: [] }))
  const options = `--previews off --storage ${storage} --index-delay ${indexDelayMs ?? 0}`.split(' ')
  const places = ['--data', path.join(folder, 'server'), '--faults', rules]
  const { child, ended } = startFerry(['workspace', 'serve', ...places, ...options])
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (text: string) => resolve(text))
    void ended.then((run) => reject(new Error(`The workspace did not start: ${run.stderr}`)))
  })
  return { access: JSON.parse(line) as ServerAccess, child, ended }
}

async function indexCaughtUp(view: ServerView): Promise<void> {
  while ((await view.inspect()).indexPending > 0) await sleep(200)
}

class CrashRound {
  readonly #batch: CrashBatch
  readonly #random: () => number
  readonly #paths: { source: string; state: string }
  readonly #env: Record<string, string>
  readonly #addClip: () => void
  kills = 0
  lives = 0
  readonly shares: number[] = []

  constructor(
    batch: CrashBatch,
    random: () => number,
    paths: { source: string; state: string },
    access: ServerAccess,
    addClip: () => void,
  ) {
    this.#addClip = addClip
    this.#batch = batch
    this.#random = random
    this.#paths = paths
    this.#env = {
      FERRY_URL: access.url,
      FERRY_APP_ID: access.appId,
      FERRY_AUTH_TOKEN: access.authToken,
      FERRY_LOG_LEVEL: 'silent',
    }
  }

  /**
   * Lives that end by a kill. One that comes to its end before that is no kill. On a slow machine a life may last so long that everything
   * is home too early: then there is one clip more to bring.
   */
  async killUntilEnough(): Promise<void> {
    while (this.kills < this.#batch.kills) {
      const { leftBytes, totalBytes, open } = this.#journal()
      const known = totalBytes > 0
      const isOver = known && open === 0
      if (isOver) this.#addClip()
      if (known) this.shares.push(1 - leftBytes / totalBytes)
      const command = known && !isOver && this.#random() < 0.5 ? ['resume'] : this.#upload()
      const limit = known ? this.#limit(totalBytes, leftBytes) : 500_000
      this.lives++
      if (await this.#live([...command, '--limit', String(limit)])) this.kills++
    }
  }

  /** @returns what is wrong with how the command ended */
  async comeHome(indexCaughtUp: () => Promise<void>): Promise<string[]> {
    let run = await this.#run(this.#upload())
    for (let life = 1; run.code !== 0 && life < MOST_LAST_LIVES; life++) run = await this.#run(['retry'])
    const wrong = run.code === 0 ? [] : [`the last life ended with ${run.code}: ${run.stdout}${run.stderr}`]
    // Twins that the index shows only now are for the next start.
    await indexCaughtUp()
    const after = await this.#run(['resume'])
    if (after.code !== 0)
      wrong.push(`“ferry resume” with nothing to do ended with ${after.code}: ${after.stderr}`)
    const again = await this.#run(this.#upload())
    if (again.events.some(({ event }) => event === 'started'))
      wrong.push('the same command once more began to upload something again')
    return wrong
  }

  #upload(): string[] {
    return ['upload', this.#paths.source, '--collection', COLLECTION.join('/')]
  }

  /**
   * What spreads the kills over the run: fast while less is across than there should be by now (a part that is cut off is lost), slow
   * when more is. A limit lets through one second's worth at once.
   */
  #limit(totalBytes: number, leftBytes: number): number {
    const acrossBytes = totalBytes - leftBytes
    const wantedBytes = (totalBytes * 0.95 * (this.kills + 1)) / this.#batch.kills
    return Math.max(60_000, Math.round((wantedBytes - acrossBytes) / 1.5))
  }

  /** Between the last file and the end of the command there is work too: the job, sweeps. */
  async killAtTheEnd(): Promise<void> {
    const { child, ended } = this.#start(this.#upload())
    while (isAlive(child) && this.#journal().open > 0) await sleep(20)
    if (isAlive(child)) {
      await sleep(this.#random() * 200)
      child.kill('SIGKILL')
    }
    await ended
    if (child.signalCode === 'SIGKILL') this.kills++
  }

  /** @returns whether it was killed rather than coming to an end */
  async #live(args: string[]): Promise<boolean> {
    const { child, ended } = this.#start(args)
    await this.#untilTheMoment(child, ended)
    child.kill('SIGKILL')
    await ended
    return child.signalCode === 'SIGKILL'
  }

  /** A moment of its start, one after so many events, or one in the middle of the work. */
  async #untilTheMoment(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
    const kind = this.#random()
    const amount = this.#random()
    if (kind < 0.1) {
      await Promise.race([ended, sleep(200 + amount * 400)])
      return
    }
    const events = kind < 0.5 ? 1 + Math.floor(amount * 40) : 1
    await Promise.race([ended, signOfLife(child, events), sleep(SIGN_OF_LIFE_MS)])
    await Promise.race([ended, sleep(kind < 0.5 ? amount * 50 : amount * 1800)])
  }

  #start(args: string[]) {
    return startFerry([...args, '--state', this.#paths.state, '--json'], this.#env)
  }

  #run(args: string[]): Promise<FerryRun> {
    return this.#start(args).ended
  }

  /** What the journal says between two lives. */
  #journal(): { totalBytes: number; leftBytes: number; open: number } {
    const file = path.join(this.#paths.state, 'ferry.db')
    const nothing = { totalBytes: 0, leftBytes: 0, open: 0 }
    if (!existsSync(file)) return nothing
    const db = new DatabaseSync(file)
    try {
      const row = db
        .prepare(
          'SELECT sum(size_bytes) AS total, sum(size_bytes - min(sent_bytes, size_bytes)) AS left, sum(open) AS open FROM uploads',
        )
        .get()
      return {
        totalBytes: Number(row?.['total'] ?? 0),
        leftBytes: Number(row?.['left'] ?? 0),
        open: Number(row?.['open'] ?? 0),
      }
    } catch {
      // Killed before the tables were made.
      return nothing
    } finally {
      db.close()
    }
  }
}

const isAlive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null

/** Resolves when so many lines about uploads that move have come. */
function signOfLife(child: ChildProcess, events: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0
    child.stdout?.on('data', (text: string) => {
      seen += text.match(/"event":"(started|progress|done)"/g)?.length ?? 0
      if (seen >= events) resolve()
    })
  })
}

async function wrongOnServer(
  view: ServerView,
  clips: readonly SourceClip[],
  storage: string,
  kills: number,
): Promise<string[]> {
  const wrong: string[] = []
  const assets = await view.assets()
  const byFile = new Map<string, { asset: string; md5: string; status: string }[]>()
  for (const asset of assets) {
    if (asset.files.length === 0) wrong.push(`an asset without files: ${asset.title} (${asset.id})`)
    if (asset.formats.length !== 1) wrong.push(`${asset.title} has ${asset.formats.length} formats`)
    if (asset.fileSets.length !== 1) wrong.push(`${asset.title} has ${asset.fileSets.length} file sets`)
    for (const { name, md5, status } of asset.files)
      byFile.set(name, [...(byFile.get(name) ?? []), { asset: asset.id, md5, status }])
  }
  for (const clip of clips) {
    const homes = new Set<string>()
    for (const file of clip.files) {
      const found = byFile.get(file.name) ?? []
      byFile.delete(file.name)
      if (found.length !== 1) wrong.push(`${file.name} is there ${found.length} times`)
      for (const { asset, md5, status } of found) {
        homes.add(asset)
        if (md5 !== file.md5) wrong.push(`${file.name} has other bytes there: ${md5}`)
        if (status !== 'CLOSED') wrong.push(`${file.name} is ${status}`)
      }
    }
    if (homes.size > 1) wrong.push(`${clip.files[0]?.name} and its other files are in ${homes.size} assets`)
  }
  for (const name of byFile.keys()) wrong.push(`a file that nobody sent: ${name}`)
  if (assets.length !== clips.length) wrong.push(`${assets.length} assets for ${clips.length} clips`)
  const collections = (await view.collections()).filter((row) => COLLECTION.includes(String(row['title'])))
  if (collections.length !== COLLECTION.length)
    wrong.push(`${collections.length} collections for ${COLLECTION.length}`)
  const running = (await view.transferJobs()).filter((job) => job['status'] !== 'FINISHED')
  if (running.length > 0)
    wrong.push(`transfer jobs left: ${running.map((job) => String(job['status'])).join()}`)
  return [...wrong, ...(await leftOpen(view, storage, kills))]
}

/**
 * What is still open on the storage. An upload in parts whose start was never answered has no id that anybody could end it by: at
 * most one for each kill, and without a single part.
 */
async function leftOpen(view: ServerView, storage: string, kills: number): Promise<string[]> {
  const { multiparts } = await view.inspect()
  const withParts = multiparts.filter(({ parts }) => parts > 0)
  const wrong = withParts.length > 0 ? [`${withParts.length} multipart uploads with parts are left open`] : []
  const mayStay = storage === 'b2' || storage === 's3' ? kills : 0
  if (multiparts.length > mayStay) wrong.push(`${multiparts.length} multipart uploads are left open`)
  return wrong
}
