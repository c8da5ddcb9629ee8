// How long the page waits for main while small files go up as fast as they can, beside the same while nothing does.
import path from 'node:path'
import { percentile, round } from '../figures.mjs'
import { openApp, standing, startUpload } from '../opened-app.mjs'
import { startWorkspace } from '../processes.mjs'
import { makeFiles } from '../small-files.mjs'

const ASK_EVERY_MS = 10
const IDLE_ASKS = 300
const queries = [
  ['settings.get', {}],
  ['uploads.list', { filter: {}, window: { offset: 0, limit: 50 } }],
  ['assets.query', { query: {}, window: { offset: 0, limit: 50 } }],
]

export default async function ipcLatency({ folder, quick }) {
  const files = path.join(folder, 'small')
  await makeFiles(files, quick ? 500 : 10_000)
  const workspace = await startWorkspace(path.join(folder, 'workspace'))
  try {
    const app = await openApp(workspace)
    try {
      const idle = await asks(app, async (asked) => asked < IDLE_ASKS)
      const clips = await startUpload(app, files)
      const busy = await asks(app, async (asked) => asked % 100 !== 0 || (await standing(app)).done < clips)
      return {
        name: 'ipc-latency',
        unit: 'ms',
        runs: 1,
        ours: {
          p50: round(percentile(busy, 50)),
          p99: round(percentile(busy, 99)),
          longest: round(Math.max(...busy)),
          asked: busy.length,
        },
        peers: { 'idle p50': round(percentile(idle, 50)), 'idle p99': round(percentile(idle, 99)) },
        ratio: { 'idle p99': round(percentile(busy, 99) / percentile(idle, 99)) },
        limits: { p99: 50 },
        absent: [],
      }
    } finally {
      await app.close()
    }
  } finally {
    await workspace.stop()
  }
}

/** Asks in turn while `more` says so. @returns milliseconds of each */
async function asks(app, more) {
  const tookMs = []
  do {
    const [method, input] = queries[tookMs.length % queries.length]
    tookMs.push((await app.ask(method, input)).tookMs)
    await new Promise((resolve) => {
      setTimeout(resolve, ASK_EVERY_MS)
    })
  } while (await more(tookMs.length))
  return tookMs
}
