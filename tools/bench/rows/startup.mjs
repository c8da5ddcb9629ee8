// From the start of the process to the first usable list, beside an empty window in the same host.
import path from 'node:path'
import { LaunchedApp } from '../../../test/support/launched-app.ts'
import { median, ratios, round } from '../figures.mjs'
import { firstRows, launchApp, until } from '../opened-app.mjs'

const SAMPLES = 10

export default async function startup({ folder, quick }) {
  const userData = path.join(folder, 'app')
  await fillOnce(userData)
  const runs = quick ? 3 : 7
  const ours = []
  const pages = []
  const empty = []
  // In turns, so that what else the machine is at falls on both.
  for (let run = 0; run < runs; run += 1) {
    empty.push(await openEmpty())
    const app = await launchApp({ userData })
    try {
      const { epochMs, sincePageMs } = await firstRows(app)
      ours.push(epochMs - app.launchedAtMs)
      pages.push(sincePageMs)
    } finally {
      await app.close()
    }
  }
  const peers = { 'empty window': round(median(empty)) }
  return {
    name: 'startup',
    unit: 'ms',
    runs,
    ours: { 'to the first list': round(median(ours)), 'of that in the page': round(median(pages)) },
    peers,
    ratio: ratios(median(ours), peers),
    limits: {},
    absent: [],
  }
}

async function fillOnce(userData) {
  const app = await launchApp({ userData })
  try {
    await app.ask('accounts.openLocal', { sampleClips: true })
    await until(app, 'assets.state', ({ assetCount }) => assetCount === SAMPLES, 120_000)
  } finally {
    await app.close()
  }
}

async function openEmpty() {
  const app = await LaunchedApp.launch({ folder: path.join(import.meta.dirname, '../empty-window') })
  try {
    const loadedAtMs = await app.page.evaluate(
      () => performance.timeOrigin + performance.getEntriesByType('navigation')[0].loadEventEnd,
    )
    return loadedAtMs - app.launchedAtMs
  } finally {
    await app.dispose()
  }
}
