// A library of a million assets in the app itself: how soon its first rows are there with a warm mirror, how long search and
// facets take over the bridge, how it scrolls, and an edit of 10,000 of them, sent, confirmed and undone. Beside them the same
// searches and counts as plain SQL on the tables of the same mirror.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { median, percentile, ratios, round } from '../figures.mjs'
import { firstRows, launchApp, until } from '../opened-app.mjs'
import { ROWS, scrollThrough, traceTasks } from '../page-motion.mjs'
import { ferryCommand } from '../processes.mjs'

const ROUNDS = 60
const OPENED = 3
const EDITED = 10_000
/** What the page asks for at once. */
const window = { offset: 0, limit: 50 }
const texts = ['harb', 'kitchen', 'drone pa', 'interview 00', 'golden', 'A001', 'market close', 'b-roll']
const cameras = ['A', 'B', 'C', 'Drone']
const facetFields = [
  'media_type',
  'date_created',
  'metadata.Scene',
  'metadata.Camera',
  'metadata.Keywords',
  'metadata.Status',
]

export default async function library({ kept, quick }) {
  const assets = quick ? 20_000 : 1_000_000
  const dataDir = path.join(kept, 'workspace')
  const userData = path.join(kept, 'app')
  await prepared(kept, `${assets} seeded`, dataDir, () => seed(assets, dataDir))
  const fillPerSecond = await prepared(kept, `${assets} mirrored`, userData, () =>
    fill(userData, dataDir, assets),
  )
  const opened = []
  const asked = []
  const note = ({ sincePageMs, sinceAskedMs }) => {
    opened.push(sincePageMs)
    asked.push(sinceAskedMs)
  }
  for (let run = 1; run < OPENED; run += 1) note(await openOnce(userData))
  const app = await launchApp({ userData })
  try {
    note(await firstRows(app))
    await until(app, 'assets.state', ({ state }) => state === 'fresh', 120_000)
    const facets = await times(ROUNDS, (round) => facetsOnce(app, round))
    const searches = await times(ROUNDS, (round) => searchOnce(app, round))
    const grid = await scrolled(app, 'Grid')
    const table = await scrolled(app, 'Table')
    const edit = await editMany(app)
    const ours = {
      'first rows': round(median(opened)),
      'first rows since asked for': round(median(asked)),
      'search p50': round(median(searches)),
      'search p95': round(percentile(searches, 95)),
      'facets p95': round(percentile(facets, 95)),
      'most DOM rows': Math.max(grid.mostRows, table.mostRows),
      'longest task, processor time': round(mostOf([...grid.processorMs, ...table.processorMs])),
      'tasks over 50 ms by the clock': grid.longMs.length + table.longMs.length,
      'longest by the clock': round(mostOf([...grid.longMs, ...table.longMs])),
      'grid frame p95': round(percentile(grid.framesMs, 95)),
      'table frame p95': round(percentile(table.framesMs, 95)),
      [`edit of ${edit.assets}, until it shows`]: round(edit.tookMs),
      [`undo of ${edit.assets}`]: round(edit.undoMs),
      ...(fillPerSecond === undefined ? {} : { 'assets mirrored a second': fillPerSecond }),
    }
    await app.close()
    const sql = plainSql(userData)
    return {
      name: 'library',
      unit: 'ms',
      runs: OPENED,
      ours,
      peers: { 'plain SQL search p95': sql.search, 'plain SQL facets p95': sql.facets },
      ratio: {
        ...ratios(ours['search p95'], { 'plain SQL search p95': sql.search }),
        ...ratios(ours['facets p95'], { 'plain SQL facets p95': sql.facets }),
      },
      limits: {
        'first rows': 1000,
        'search p95': 50,
        'facets p95': 150,
        'most DOM rows': 300,
        'longest task, processor time': 50,
      },
      absent: [],
    }
  } finally {
    await app.close()
  }
}

/** Makes a part of the row unless an earlier run left it whole; it takes many minutes. @returns what making it returned */
async function prepared(folder, what, place, make) {
  const mark = path.join(folder, what)
  if (existsSync(mark)) return undefined
  rmSync(place, { recursive: true, force: true })
  const made = await make()
  writeFileSync(mark, '')
  return made
}

async function seed(assets, dataDir) {
  const args = [ferryCommand, 'workspace', 'seed', '--assets', String(assets), '--data', dataDir]
  const child = spawn(process.execPath, args, { stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`ferry workspace seed ended with ${code}`)
}

/** Mirrors everything for the first time. @returns assets a second */
async function fill(userData, dataDir, assets) {
  const app = await launchApp({ userData })
  try {
    const startedAtMs = performance.now()
    await app.ask('accounts.openLocal', { dataDir })
    await until(
      app,
      'assets.state',
      ({ state, assetCount }) => state === 'fresh' && assetCount === assets,
      3_600_000,
    )
    return Math.round(assets / ((performance.now() - startedAtMs) / 1000))
  } finally {
    await app.close()
  }
}

async function openOnce(userData) {
  const app = await launchApp({ userData })
  try {
    return await firstRows(app)
  } finally {
    await app.close()
  }
}

const mostOf = (figures) => figures.reduce((most, figure) => Math.max(most, figure), 0)

/** Scrolls all assets from the first to the last and back, as cards or as a table. */
async function scrolled({ page }, view) {
  await page
    .getByRole('radio', { name: view })
    .or(page.getByRole('button', { name: view, exact: true }))
    .first()
    .click()
  const list = page.getByLabel('Assets', { exact: true })
  // Drawing the list anew in its other form is no scrolling.
  await list.locator(ROWS).nth(10).waitFor()
  await page.waitForTimeout(1000)
  const end = await traceTasks(page)
  const motion = await scrollThrough(page, list)
  return { ...motion, ...(await end()) }
}

async function times(rounds, run) {
  const tookMs = []
  for (let at = 0; at < rounds; at += 1) tookMs.push(await run(at))
  return tookMs
}

/** Each round another text, so that no list is answered from what was kept of the one before. */
async function searchOnce({ ask }, at) {
  const text = `${texts[at % texts.length]}${at < texts.length ? '' : ` ${at % 10}`}`
  return (await ask('assets.query', { query: { text }, window })).tookMs
}

async function facetsOnce({ ask }, at) {
  const query = {
    text: at % 2 === 0 ? '' : texts[at % texts.length],
    filters: at % 3 === 0 ? [] : [{ field: 'metadata.Camera', values: [cameras[at % cameras.length]] }],
  }
  return (await ask('assets.facets', { query, fields: facetFields, perField: 50 })).tookMs
}

/** Sets one field in 10,000 assets by the same calls that the batch bar makes, and puts back what each had. */
async function editMany(app) {
  const { ask } = app
  const views = (await ask('metadata.views', {})).value
  const [view] = await Promise.all(
    views.slice(0, 1).map(async ({ id }) => (await ask('metadata.view', { id })).value),
  )
  const ids = (await ask('assets.ids', { query: {}, from: 0, to: EDITED - 1 })).value
  const changes = { Project: { mode: 'overwrite', values: ['Low Water'] } }
  const settled = (id) =>
    until(
      app,
      'edits.list',
      (edits) => {
        const edit = edits.find((other) => other.id === id)
        if (edit && ['failed', 'conflict'].includes(edit.state))
          throw new Error(`the edit ${edit.state}: ${edit.reason}`)
        return edit?.state !== 'waiting'
      },
      900_000,
    )
  const startedAtMs = performance.now()
  const { editId } = (await ask('metadata.edit', { assetIds: ids, viewId: view.id, changes })).value
  await settled(editId)
  const tookMs = performance.now() - startedAtMs
  const { current } = (await ask('accounts.state', {})).value
  await ask('edits.undo', { id: editId, accountId: current.id })
  const undo = (await ask('edits.list', {})).value.find(({ state }) => state === 'waiting')
  if (undo) await settled(undo.id)
  return { assets: ids.length, tookMs, undoMs: performance.now() - startedAtMs - tookMs }
}

/** The same questions to the same tables, as one would ask them without an index in memory. */
function plainSql(userData) {
  const folder = path.join(userData, 'library')
  const file = readdirSync(folder).find((name) => name.endsWith('.sqlite'))
  const db = new DatabaseSync(path.join(folder, file), { readOnly: true })
  try {
    const words = (text) =>
      text
        .split(/[ -]/)
        .map((word) => `"${word}"*`)
        .join(' ')
    const found = `n IN (SELECT rowid FROM asset_words WHERE asset_words MATCH ?) AND status = 'ACTIVE'`
    const rows = db.prepare(
      `SELECT asset_row FROM assets WHERE ${found} ORDER BY date_created DESC, n DESC LIMIT 50`,
    )
    const total = db.prepare(`SELECT count(*) AS total FROM assets WHERE ${found}`)
    const counts = db.prepare(
      `SELECT code, count(*) AS total FROM asset_facets WHERE field = (SELECT number FROM facet_fields WHERE name = ?)
       AND n IN (SELECT rowid FROM asset_words WHERE asset_words MATCH ?) GROUP BY code ORDER BY total DESC LIMIT 50`,
    )
    const timed = (run) => {
      const startedAtMs = performance.now()
      run()
      return performance.now() - startedAtMs
    }
    const search = texts.map((text) => timed(() => [rows.all(words(text)), total.get(words(text))]))
    const facets = texts.map((text) =>
      timed(() => facetFields.map((field) => counts.all(field, words(text)))),
    )
    return { search: round(percentile(search, 95)), facets: round(percentile(facets, 95)) }
  } finally {
    db.close()
  }
}
