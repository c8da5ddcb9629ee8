// How long the page waits for main while small files go up as fast as they can, beside the same while nothing does. In the second half
// a hand types into the search field and scrolls the library and the queue meanwhile: how long until a frame shows a key, which tasks
// keep the page's thread for more than 50 ms, and how long the page waits then, when its own thread is at work too.
import path from 'node:path'
import { percentile, round } from '../figures.mjs'
import { countLongTasks, scrollThrough, typeInto } from '../page-motion.mjs'
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
      const isBelow = (share) => async (asked) =>
        asked % 100 !== 0 || (await standing(app)).done < clips * share
      const busy = await asks(app, isBelow(0.5))
      let isOver = false
      const moving = moveAbout(app.page, () => isOver)
      const both = await asks(app, isBelow(1))
      isOver = true
      const moved = await moving
      return {
        name: 'ipc-latency',
        unit: 'ms',
        runs: 1,
        ours: {
          p50: round(percentile(busy, 50)),
          p99: round(percentile(busy, 99)),
          longest: round(Math.max(...busy)),
          asked: busy.length,
          'p99 while scrolling': round(percentile(both, 99)),
          'key to frame p95': round(percentile(moved.keysMs, 95)),
          'keys typed': moved.keysMs.length,
          'scroll frame p95': round(percentile(moved.framesMs, 95)),
          'frames scrolled': moved.framesMs.length,
          'long tasks': moved.longTasksMs.length,
          'longest task': round(Math.max(0, ...moved.longTasksMs)),
        },
        peers: { 'idle p50': round(percentile(idle, 50)), 'idle p99': round(percentile(idle, 99)) },
        ratio: { 'idle p99': round(percentile(busy, 99) / percentile(idle, 99)) },
        limits: { p99: 50, 'key to frame p95': 100, 'longest task': 50 },
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

/** Types, scrolls the library, scrolls the queue, in turns until it is over. @returns milliseconds of keys, frames, long tasks */
async function moveAbout(page, isOver) {
  const section = (name) =>
    page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name, exact: true }).click()
  const end = await countLongTasks(page)
  const keysMs = []
  const framesMs = []
  do {
    await section('Library')
    keysMs.push(...(await typeInto(page, page.getByRole('search').getByRole('textbox'), 'small 0')))
    framesMs.push(...(await scrollThrough(page, page.getByLabel('Assets', { exact: true }), 120)).framesMs)
    await section('Uploads')
    framesMs.push(...(await scrollThrough(page, page.getByRole('grid', { name: 'Queue' }), 120)).framesMs)
  } while (!isOver())
  return { keysMs, framesMs, longTasksMs: await end() }
}
