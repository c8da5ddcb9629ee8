// watch-burst: files that land in a watched folder as fast as a disk takes them; how long after its last write, less the settle time, each is in the
// queue, and whether one is missed. The queue's own rows say when.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile, round } from '../figures.mjs'
import { ferryCommand, startWorkspace } from '../processes.mjs'

const SETTLE_S = 5
const FOLDERS = 100
const LONGEST_WAIT_MS = 5 * 60_000

export default async function watchBurst({ folder, quick }) {
  const files = quick ? 1000 : 10_000
  const tree = path.join(folder, 'tree')
  const state = path.join(folder, 'state')
  for (let at = 0; at < FOLDERS; at++) await mkdir(path.join(tree, `d${at}`), { recursive: true })
  const workspace = await startWorkspace(path.join(folder, 'workspace'), '--previews', 'off')
  const args = [ferryCommand, 'watch', tree, '--state', state, '--json', '--settle', String(SETTLE_S)]
  const launcher = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...workspace.env },
  })
  const lines = createInterface({ input: launcher.stdout })
  try {
    for await (const line of lines) if (JSON.parse(line).event === 'watching') break
    launcher.stdout.resume()
    const writtenMs = new Map()
    const startedMs = Date.now()
    for (let n = 0; n < files; n++) {
      const file = path.join(tree, `d${n % FOLDERS}`, `clip ${n}.mov`)
      await writeFile(file, `content of ${n}`)
      writtenMs.set(file, Date.now())
    }
    const writingMs = Date.now() - startedMs
    const queuedMs = await untilQueued(path.join(state, 'ferry.db'), files)
    const waits = [...writtenMs].flatMap(([file, atMs]) =>
      queuedMs.has(file) ? [queuedMs.get(file) - atMs - SETTLE_S * 1000] : [],
    )
    return {
      name: 'watch-burst',
      unit: 'ms after settling',
      runs: 1,
      ours: {
        files,
        missed: files - waits.length,
        p50Ms: round(percentile(waits, 50)),
        p99Ms: round(percentile(waits, 99)),
        writingMs,
      },
      peers: {},
      ratio: {},
      limits: { missed: 0, p99Ms: 1000 },
      absent: [],
    }
  } finally {
    launcher.kill('SIGTERM')
    if (launcher.exitCode === null) await once(launcher, 'exit')
    await workspace.stop()
  }
}

/** When each path was queued; all of them, or those of the longest wait. */
async function untilQueued(database, files) {
  const db = new DatabaseSync(database, { readOnly: true })
  const query = db.prepare(
    `SELECT f.path, min(b.created_ms) AS queued_ms
       FROM upload_files f JOIN uploads u ON u.seq = f.upload_seq JOIN batches b ON b.id = u.batch_id GROUP BY f.path`,
  )
  const count = db.prepare('SELECT count(*) AS files FROM upload_files')
  try {
    const lastMs = Date.now() + LONGEST_WAIT_MS
    while (Number(count.get().files) < files && Date.now() < lastMs) await sleep(500)
    return new Map(query.all().map((row) => [String(row.path), Number(row.queued_ms)]))
  } finally {
    db.close()
  }
}
