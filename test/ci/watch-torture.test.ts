import { createHash } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, it } from 'vitest'
import { buildFerry, startFerry } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import type { RunningWorkspace } from '@test/support/running-workspace.ts'
import { seededRandom } from '@test/support/crash/seeded-random.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

/** FERRY_TORTURE_SEED names another course of events, FERRY_TORTURE_MS another length. */
const SEED = Number(process.env['FERRY_TORTURE_SEED'] ?? 20_260_318)
const RUNS_MS = process.env['TEST_LONG'] ? 20 * 60_000 : Number(process.env['FERRY_TORTURE_MS'] ?? 60_000)
const SETTLE_S = 2
/** A pause that came out longer than this, on a busy machine, may pass for the end of a file. */
const LONGEST_PAUSE_MS = SETTLE_S * 1000 * 0.7

beforeAll(buildFerry, 120_000)

/** The same throws for the same seed. */
function dice(seed: number): (below: number) => number {
  const random = seededRandom(seed)
  return (below) => Math.floor(random() * below)
}

/** Content that shows by itself whether it is whole. */
function wholeContent(id: number, lines: number): string {
  const body = Array.from({ length: lines }, (_, n) => `${id} line ${n} ${'x'.repeat(60)}`).join('\n')
  const text = `BEGIN ${id}\n${body}\n`
  return `${text}END ${createHash('md5').update(text).digest('hex')}\n`
}

/** Number of the content; null when something of it lacks. */
function idOfWhole(text: string): number | null {
  const found = /^BEGIN (\d+)\n.*\nEND ([0-9a-f]{32})\n$/s.exec(text)
  if (!found) return null
  const body = text.slice(0, text.lastIndexOf('END '))
  return createHash('md5').update(body).digest('hex') === found[2] ? Number(found[1]) : null
}

/** People and programs that write into the folder without a thought for whoever watches. */
class Writers {
  readonly #root: string
  readonly #roll: (below: number) => number
  /** Files that are whole, by path. */
  readonly whole = new Map<string, number>()
  /** Contents whose writing paused for too long. */
  readonly excused = new Set<number>()
  readonly deeds: Record<string, number> = {}
  readonly #busy = new Set<string>()
  #next = 1

  constructor(root: string, seed: number) {
    this.#root = root
    this.#roll = dice(seed)
  }

  async run(untilMs: number): Promise<void> {
    const one = async () => {
      while (Date.now() < untilMs) {
        await this.#deed()
        await sleep(this.#roll(120))
      }
    }
    await Promise.all([one(), one(), one()])
  }

  async #deed(): Promise<void> {
    const deeds = ['grow', 'grow', 'atomic', 'replace', 'rename', 'rename', 'delete', 'recreate'] as const
    const deed = deeds[this.#roll(deeds.length)] ?? 'grow'
    const path_ = deed === 'grow' || deed === 'atomic' ? this.#newPath() : this.#somePath()
    if (path_ === null || this.#busy.has(path_)) return
    this.#busy.add(path_)
    this.deeds[deed] = (this.deeds[deed] ?? 0) + 1
    try {
      if (deed === 'grow') await this.#write(path_, this.#next++)
      if (deed === 'atomic') await this.#writeAtomically(path_)
      if (deed === 'replace') await this.#write(path_, this.#next++)
      if (deed === 'rename') await this.#rename(path_)
      if (deed === 'delete' || deed === 'recreate') {
        this.whole.delete(path_)
        await fs.rm(path_)
        if (deed === 'recreate') await this.#write(path_, this.#next++)
      }
    } finally {
      this.#busy.delete(path_)
    }
  }

  #newPath(): string {
    return path.join(this.#root, `d${this.#roll(5)}`, `clip ${this.#next} ${this.#roll(1000)}.mov`)
  }

  #somePath(): string | null {
    const all = [...this.whole.keys()].filter((file) => !this.#busy.has(file))
    return all[this.#roll(Math.max(1, all.length))] ?? null
  }

  /** In pieces, with pauses; now and then the file is closed in between, so that only its dates tell. */
  async #write(file: string, id: number): Promise<void> {
    this.whole.delete(file)
    await fs.mkdir(path.dirname(file), { recursive: true })
    const content = Buffer.from(wholeContent(id, 1 + this.#roll(200)))
    const pieces = 1 + this.#roll(5)
    const keepsOpen = this.#roll(2) === 0
    let handle = await fs.open(file, 'w')
    let lastMs = Date.now()
    for (let piece = 0; piece < pieces; piece++) {
      const from = Math.floor((content.length * piece) / pieces)
      const to = Math.floor((content.length * (piece + 1)) / pieces)
      await handle.write(content.subarray(from, to))
      if (piece < pieces - 1) {
        if (!keepsOpen) await handle.close()
        await sleep(this.#roll(600))
        if (!keepsOpen) handle = await fs.open(file, 'a')
      }
      if (Date.now() - lastMs > LONGEST_PAUSE_MS) this.excused.add(id)
      lastMs = Date.now()
    }
    await handle.close()
    this.whole.set(file, id)
  }

  async #writeAtomically(file: string): Promise<void> {
    const id = this.#next++
    await fs.mkdir(path.dirname(file), { recursive: true })
    await fs.writeFile(`${file}.part`, wholeContent(id, 1 + this.#roll(200)))
    await sleep(this.#roll(400))
    await fs.rename(`${file}.part`, file)
    this.whole.set(file, id)
  }

  async #rename(file: string): Promise<void> {
    const id = this.whole.get(file)
    if (id === undefined) return
    const target = this.#newPath().replace('clip', 'moved')
    await fs.mkdir(path.dirname(target), { recursive: true })
    this.whole.delete(file)
    await fs.rename(file, target)
    this.whole.set(target, id)
  }
}

/** Contents that arrived: how often each whole one, and what of any other there is. */
async function arrivals({ api }: RunningWorkspace) {
  const whole = new Map<number, number>()
  const torn: string[] = []
  let after: unknown[] | null = null
  do {
    const answer: Awaited<ReturnType<typeof api.search.assets>> = await api.search.assets({
      query: '*',
      perPage: 150,
      sort: [{ name: 'date_created', order: 'asc' }],
      ...(after ? { searchAfter: after } : {}),
    })
    after = answer.searchAfter
    for (const { id, title } of answer.rows)
      for (const file of await api.files.listFiles(id, { signUrls: true })) {
        if (file.status !== 'CLOSED' || !file.url) continue
        const text = await (await fetch(file.url)).text()
        const content = idOfWhole(text)
        if (content === null) torn.push(`${title}: ${text.slice(0, 40)}… (${text.length})`)
        else whole.set(content, (whole.get(content) ?? 0) + 1)
      }
  } while (after !== null)
  return { whole, torn }
}

it(
  `uploads every whole file once and nothing half-written, whoever writes and whenever it is killed (seed ${SEED})`,
  async () => {
    const server = await runWorkspace()
    const [root, state] = [await tempFolder(), await tempFolder()]
    const env = {
      FERRY_URL: server.workspace.url,
      FERRY_APP_ID: server.workspace.appId,
      FERRY_AUTH_TOKEN: server.workspace.authToken,
    }
    const args = ['watch', root, '--state', state, '--settle', String(SETTLE_S), '--json']
    const roll = dice(SEED + 1)
    const writers = new Writers(root, SEED)
    const untilMs = Date.now() + RUNS_MS
    const writing = writers.run(untilMs)
    let kills = 0
    while (Date.now() < untilMs) {
      const { child, ended } = startFerry(args, env)
      await sleep(Math.min(4000 + roll(8000), Math.max(0, untilMs - Date.now())))
      child.kill('SIGKILL')
      await ended
      kills++
    }
    await writing
    expect(kills).toBeGreaterThan(RUNS_MS / 20_000)
    const { ended } = startFerry([...args, '--until-idle', '4'], env)
    const run = await ended
    // A file that was deleted while it was on its way is rightly named as failed.
    expect([0, 1]).toContain(run.code)

    const { whole, torn } = await arrivals(server)
    const isExcused = (text: string) => writers.excused.has(Number(/BEGIN (\d+)/.exec(text)?.[1]))
    expect(torn.filter((text) => !isExcused(text))).toEqual([])
    const final = [...writers.whole.values()]
    expect(final.length).toBeGreaterThan(20)
    expect(final.filter((id) => !whole.has(id))).toEqual([])
    expect(Object.fromEntries([...whole].filter(([, times]) => times > 1))).toEqual({})
    console.log(
      `${kills} kills, ${JSON.stringify(writers.deeds)}, ${whole.size} contents arrived, ${final.length} files at the end, ${writers.excused.size} excused`,
    )
  },
  // What was held up while it was killed every few seconds is brought home afterwards, which may take as long again.
  2 * RUNS_MS + 400_000,
)
