import fs from 'node:fs'
import path from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import { LaunchedApp } from '../support/launched-app.ts'

const pictures = path.join(import.meta.dirname, '../../docs/screenshots')

interface Fixtures {
  /** A fresh app with a data folder of its own. */
  app: LaunchedApp
  /** Keeps a picture of the page in docs/screenshots when SCREENSHOTS=1. */
  picture: (name: string, page?: Page) => Promise<void>
}

export const test = base.extend<Fixtures>({
  // Playwright reads the names of the fixtures that are needed off the pattern; none are.
  // oxlint-disable-next-line no-empty-pattern
  app: async ({}, use, testInfo) => {
    const app = await LaunchedApp.launch({ size: { width: 1440, height: 900 } })
    await use(app)
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('main.log', { body: app.output, contentType: 'text/plain' })
      const shot = await app.page.screenshot().catch(() => null)
      if (shot) await testInfo.attach('page.png', { body: shot, contentType: 'image/png' })
    }
    await app.dispose()
  },
  picture: async ({ app }, use) => {
    await use(async (name, page = app.page) => {
      if (process.env.SCREENSHOTS !== '1') return
      fs.mkdirSync(pictures, { recursive: true })
      await page.screenshot({ path: path.join(pictures, `${name}.png`) })
    })
  },
})

export { expect }
