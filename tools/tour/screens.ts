import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { dropFiles } from '../../test/support/drop-files.ts'
import { LaunchedApp } from '../../test/support/launched-app.ts'
import { prepareWatched, type Production } from './production.ts'

export interface ShownScreen {
  name: string
  title: string
  text: string
}

/** Slow enough that the card is still on its way when the last picture is taken. */
const LIMIT_BYTES_PER_SECOND = 1_500_000
const HERO = 'A014C006_260318_R1K7.mov'

interface Tour {
  page: Page
  ask<T = unknown>(method: string, input: unknown): Promise<T>
  /** Takes a picture in both themes. */
  keep(name: string, title: string, text: string): Promise<void>
  section(name: string): Promise<void>
}

/**
 * Drives the built app through its screens and keeps a picture of each, dark and light.
 *
 * @returns what was shown, and the stations of the tour that could not be reached, each with the reason
 */
export async function tour(options: {
  pictures: string
  folder: string
  production: Production
}): Promise<{ shown: ShownScreen[]; missed: string[] }> {
  const app = await LaunchedApp.launch({ size: { width: 1440, height: 900 } })
  const { page } = app
  const shown: ShownScreen[] = []
  const missed: string[] = []
  let asked = 0
  const visit: Tour = {
    page,
    async ask(method, input) {
      const frame = { kind: 'call', v: 1, id: `tour-${(asked += 1)}`, method, input }
      const reply = await page.evaluate(
        (call) =>
          (globalThis as unknown as { ferry: { call(frame: unknown): Promise<Reply> } }).ferry.call(call),
        frame,
      )
      if (!reply.ok) throw new Error(`${method}: ${reply.error.message}`)
      return reply.value as never
    },
    async keep(name, title, text) {
      for (const theme of ['dark', 'light']) {
        await page.evaluate((value) => {
          document.documentElement.dataset['theme'] = value
        }, theme)
        await page.evaluate(picturesShown)
        // Colours that glide to their theme.
        await sleep(400)
        // A third of the size, and nothing that an eye would miss.
        await sharp(await page.screenshot())
          .png({ palette: true, colours: 256 })
          .toFile(path.join(options.pictures, `${name}-${theme}.png`))
      }
      shown.push({ name, title, text })
    },
    section: (name) =>
      page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name, exact: true }).click(),
  }
  try {
    for (const station of stations(options.folder, options.production)) {
      try {
        await station(visit)
      } catch (error) {
        // One screen that cannot be reached does not cost the others.
        missed.push(
          `${station.name}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
        )
        await page.keyboard.press('Escape')
      }
    }
  } finally {
    await app.dispose()
  }
  return { shown, missed }
}

type Reply = { ok: true; value: unknown } | { ok: false; error: { message: string } }

/** Resolves when every picture in sight is there, or after some seconds. */
async function picturesShown(): Promise<void> {
  const inSight = [...document.images].filter((image) => image.checkVisibility())
  const late = new Promise((resolve) => {
    setTimeout(resolve, 8000)
  })
  await Promise.race([late, Promise.allSettled(inSight.map((image) => image.decode()))])
}

function stations(folder: string, { workspace, card }: Production): ((tour: Tour) => Promise<void>)[] {
  return [
    async function welcome({ page, keep }) {
      await page.getByRole('region', { name: 'Open a local workspace' }).waitFor()
      await keep('welcome', 'Welcome', 'A local workspace with one click, or an iconik account.')
    },
    async function signIn({ page, ask }) {
      const { url, appId, authToken } = workspace
      await ask('accounts.connect', { url, appId, authToken, keepIn: 'session' })
      await page
        .getByRole('listbox', { name: 'Assets' })
        .getByRole('option')
        .nth(9)
        .waitFor({ timeout: 120_000 })
      await ask('uploads.setLimit', { bytesPerSecond: LIMIT_BYTES_PER_SECOND })
    },
    async function watched({ ask }) {
      const { offload, sound, drone, stills } = await prepareWatched(folder)
      const rules = {
        collectionPath: ['Low Water', '01 Camera originals', '{date}'],
        pathPattern: '{date}/{unit}/{card}/{stem}',
        ignore: ['PROXY/**'],
        settleSeconds: 5,
      }
      await ask('watchFolders.add', { path: offload, rules })
      await ask('watchFolders.add', { path: sound, rules: { collectionPath: ['Low Water', '02 Sound'] } })
      await ask('watchFolders.add', {
        path: drone,
        rules: { collectionPath: ['Low Water', '01 Camera originals', 'Drone'], settleSeconds: 120 },
      })
      await ask('watchFolders.add', { path: stills, rules: { collectionPath: ['Low Water', '05 Stills'] } })
      fs.rmSync(stills, { recursive: true })
      fs.copyFileSync(path.join(drone, 'DJI_0240.mp4'), path.join(drone, 'DJI_0241.mp4'))
    },
    async function plan({ page, keep }) {
      await dropFiles(page, [card])
      const sheet = page.getByRole('dialog', { name: /^Upload \d/ })
      await sheet.getByRole('treeitem').nth(1).waitFor({ timeout: 60_000 })
      await keep('plan', 'Plan', 'What a drop will create, before anything starts.')
      await sheet.getByRole('button', { name: /^Upload \d/ }).click()
      await sheet.waitFor({ state: 'hidden' })
    },
    async function uploads({ page, ask, section, keep }) {
      // Somebody goes on copying into a clip that is under way.
      const grown = path.join(card, 'A015C001_260319_R2K1.mov')
      const growing = setInterval(() => fs.appendFileSync(grown, 'still being copied'), 300)
      try {
        await section('Uploads')
        await until(async () => (await counts(ask)).failed > 0, 240_000)
      } finally {
        clearInterval(growing)
      }
      const { rows } = await ask<{ rows: { id: string; state: string }[] }>('uploads.list', {
        filter: {},
        window: { offset: 0, limit: 50 },
      })
      const waiting = rows.find(({ state }) => state === 'waiting')
      if (waiting) await ask('uploads.pause', { ids: [waiting.id] })
      await until(async () => (await counts(ask)).uploading > 0, 60_000)
      await page.getByRole('grid', { name: 'Queue' }).getByRole('row').nth(3).hover()
      await keep('uploads', 'Uploads', 'The queue. Green only where the storage’s own evidence agrees.')
    },
    async function library({ page, section, keep }) {
      await section('Library')
      await openCollection(page, ['Low Water', '01 Camera originals', 'Day 14, Jetty'])
      await cards(page).filter({ hasText: HERO }).click()
      await page.locator('video').waitFor({ state: 'attached', timeout: 60_000 })
      await keep(
        'library',
        'Library and inspector',
        'Search, facets, collections; preview and metadata beside them.',
      )
    },
    async function groups({ page, keep }) {
      await openCollection(page, ['Low Water', '01 Camera originals'])
      const by = page.getByRole('button', { name: /^Group by/ })
      const choose = async (name: string) => {
        await by.click()
        await page.getByRole('menuitem', { name, exact: true }).click()
      }
      await choose('Scene')
      await page.getByRole('group').first().waitFor()
      await keep(
        'groups',
        'Groups',
        'A list in groups by a field, here by scene; what has no value comes last.',
      )
      await choose('No groups')
      await openCollection(page, ['Day 14, Jetty'])
      await cards(page).filter({ hasText: HERO }).click()
    },
    async function comments({ page, keep }) {
      const inspector = page.getByRole('complementary', { name: 'Inspector' })
      await fold(inspector, ['Metadata'])
      await unfold(inspector, ['Comments', 'Relations', 'Versions', 'Previews', 'Access', 'History'])
      await inspector.getByRole('button', { name: /^Comments/ }).scrollIntoViewIfNeeded()
      await keep(
        'comments',
        'Comments and the rest',
        'Comments at their timecode, versions, previews, access, history.',
      )
      await unfold(inspector, ['Metadata'])
    },
    async function viewer({ page, keep }) {
      await cards(page).filter({ hasText: HERO }).click()
      await page.keyboard.press('Space')
      await sleep(1500)
      await keep(
        'viewer',
        'Viewer',
        'The preview in the whole window: J-K-L, frame by frame, comments on the track.',
      )
      await page.keyboard.press('Escape')
    },
    async function many({ page, keep }) {
      await cards(page).nth(1).click()
      await cards(page)
        .nth(3)
        .click({ modifiers: ['Shift'] })
      await cards(page)
        .nth(5)
        .click({ modifiers: ['ControlOrMeta'] })
      await page.getByRole('toolbar', { name: /selected/ }).waitFor()
      await keep(
        'many',
        'Many at once',
        'What can be done with all that is selected: described, put into a collection, downloaded, trashed.',
      )
      await page.keyboard.press('Escape')
    },
    async function search({ page, keep }) {
      await page
        .getByRole('group', { name: 'Library' })
        .getByRole('button', { name: /^All assets/ })
        .click()
      await page.getByRole('search').getByRole('textbox').fill('harbour')
      await page
        .getByRole('button', { name: /^Camera/ })
        .first()
        .click()
      await sleep(500)
      await keep(
        'search',
        'Search',
        'Results as you type; each filter says how much is behind each of its values.',
      )
      await page.keyboard.press('Escape')
      await page.getByRole('search').getByRole('textbox').fill('')
    },
    async function table({ page, keep }) {
      await page.keyboard.press('Escape')
      await page.getByRole('listbox', { name: 'Assets' }).focus()
      await page.keyboard.press('Control+\\')
      const rows = page.getByRole('grid', { name: 'Assets' }).getByRole('row')
      await rows.nth(3).click()
      await keep('table', 'Library as a table', 'The same assets, with their facts in columns.')
      await page.keyboard.press('Control+\\')
    },
    async function palette({ page, keep }) {
      await page.keyboard.press('Control+k')
      await page.getByRole('dialog').getByRole('option').nth(3).waitFor()
      await keep('palette', 'Commands', 'Every command and every place, by a few letters.')
      await page.keyboard.press('Escape')
    },
    async function watchFolders({ page, section, keep }) {
      await section('Watch folders')
      await page.getByText('OFFLOAD').first().click()
      await sleep(2500)
      await keep(
        'watch-folders',
        'Watch folders',
        'Folders whose clips come in by themselves, their rules, and what these do to the files that are there.',
      )
    },
    async function jobs({ page, section, keep }) {
      await section('Jobs')
      const list = page.getByRole('treegrid')
      const parent = list.getByRole('row').filter({ hasText: 'Sound roll 14' })
      await parent.getByRole('button').first().click()
      await list.getByRole('row').filter({ hasText: 'Proxy in 1080p' }).click()
      await sleep(800)
      await keep('jobs', 'Jobs', 'What iconik is working on.')
    },
    async function metadata({ page, section, keep }) {
      await section('Metadata')
      await page.getByRole('heading', { name: 'Preview' }).waitFor()
      await keep('metadata', 'Metadata: a view', 'Fields in the order of the form, and the form beside them.')
      await page.getByRole('button', { name: /^All fields/ }).click()
      await keep('fields', 'Metadata: fields', 'All fields, with the views that show them.')
    },
    async function settings({ page, section, keep }) {
      await section('Settings')
      await keep('settings', 'Settings', 'Accounts, storages, limits, appearance, diagnostics.')
      await page
        .getByRole('navigation', { name: 'Settings' })
        .getByRole('button', { name: 'Diagnostics' })
        .click()
      await sleep(3000)
      await keep(
        'diagnostics',
        'Diagnostics',
        'Whether everything that Ferry needs is there, and what to do where it is not.',
      )
    },
  ]
}

const cards = (page: Page) => page.getByRole('listbox', { name: 'Assets' }).getByRole('option')

async function counts(ask: Tour['ask']): Promise<Record<string, number>> {
  return (await ask<{ counts: Record<string, number> }>('uploads.summary', {})).counts
}

async function until(isSo: () => Promise<boolean>, patienceMs: number): Promise<void> {
  const deadlineMs = Date.now() + patienceMs
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error('what the tour waits for does not come')
    await sleep(500)
  }
}

/** Unfolds the collections above it, then opens the last one. */
async function openCollection(page: Page, titles: readonly string[]): Promise<void> {
  for (const [level, title] of titles.entries()) {
    const item = page.getByRole('treeitem', { name: new RegExp(`^${title}`) }).first()
    await item.click()
    if (level < titles.length - 1 && (await item.getAttribute('aria-expanded')) !== 'true')
      await page.keyboard.press('ArrowRight')
  }
}

async function fold(inspector: Locator, names: readonly string[]): Promise<void> {
  for (const name of names) await press(inspector, name, true)
}

async function unfold(inspector: Locator, names: readonly string[]): Promise<void> {
  for (const name of names) await press(inspector, name, false)
}

async function press(inspector: Locator, name: string, isExpanded: boolean): Promise<void> {
  const head = inspector.getByRole('button', { name: new RegExp(`^${name}`), expanded: isExpanded })
  if ((await head.count()) > 0) await head.first().click()
}
