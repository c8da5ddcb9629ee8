import { test as base, expect } from '@playwright/test'
import { LaunchedApp } from '../support/launched-app.ts'

interface Fixtures {
  /** A fresh app with a data folder of its own. */
  app: LaunchedApp
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
})

export { expect }
