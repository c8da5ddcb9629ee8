// 300 assets while the server enforces a number of calls a second: how much of it is used, whether it is ever exceeded, and how
// long a person waits for an answer from the server meanwhile.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { percentile, round } from '../figures.mjs'
import { openApp, standing, startUpload } from '../opened-app.mjs'
import { startWorkspace } from '../processes.mjs'
import { makeFiles } from '../small-files.mjs'

/** iconik's own limit: 1,000 calls in any 20 seconds. */
const CALLS_PER_SECOND = 50
const WINDOW_S = 20
/** Just too large for the way of few calls, so that there are enough calls for the limit to matter. */
const FILE_BYTES = 1024 * 1024 + 1
const CLICK_EVERY_MS = 200

export default async function uploadLimited({ folder, quick }) {
  const count = quick ? 100 : 300
  const callsPerSecond = quick ? CALLS_PER_SECOND / 5 : CALLS_PER_SECOND
  const files = path.join(folder, 'limited')
  await makeFiles(files, count, FILE_BYTES)
  const noFaults = path.join(folder, 'no-faults.json')
  await writeFile(noFaults, JSON.stringify({ rules: [] }))
  const options = ['--rate-limit', String(callsPerSecond), '--faults', noFaults, '--byte-sink', 'discard']
  const workspace = await startWorkspace(path.join(folder, 'workspace'), ...options)
  try {
    const app = await openApp(workspace)
    try {
      const startedAtMs = performance.now()
      const clips = await startUpload(app, files)
      const clicksMs = []
      while ((await standing(app)).done < clips) {
        // Goes to the server, as what a person clicks does; nothing is kept of it.
        clicksMs.push((await app.ask('settings.storages', {})).tookMs)
        await new Promise((resolve) => {
          setTimeout(resolve, CLICK_EVERY_MS)
        })
      }
      const seconds = (performance.now() - startedAtMs) / 1000
      const seen = await inspect(workspace)
      // So long the same calls take at least: a window's worth at once, the next when those leave the window.
      const leastSeconds = WINDOW_S * Math.floor((seen.calls - 1) / (callsPerSecond * WINDOW_S))
      return {
        name: 'upload-limited',
        unit: 'share of the allowed calls a second',
        runs: 1,
        assets: count,
        ours: {
          used: round(seen.calls / seconds / callsPerSecond),
          calls: seen.calls,
          seconds: round(seconds),
          leastSeconds,
          refusedWith429: seen.refused,
          clickP50Ms: round(percentile(clicksMs, 50)),
          clickP95Ms: round(percentile(clicksMs, 95)),
        },
        peers: {},
        ratio: {},
        limits: { used: 0.9, refusedWith429: 0, clickP95Ms: 200 },
        absent: [],
      }
    } finally {
      await app.close()
    }
  } finally {
    await workspace.stop()
  }
}

async function inspect({ url }) {
  const { calls, lastCalls } = await (await fetch(`${url}/_inspect`)).json()
  const ofApi = Object.entries(calls).filter(([name]) => name.includes(' /API/'))
  return {
    calls: ofApi.reduce((sum, [, times]) => sum + times, 0),
    refused: lastCalls.filter(({ status }) => status === 429).length,
  }
}
