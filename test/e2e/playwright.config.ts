import path from 'node:path'
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  testMatch: '*.e2e.ts',
  outputDir: path.join(import.meta.dirname, '../../test-results/e2e'),
  // Two cores: apps side by side would only slow each other down.
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // Where everything runs unwatched, one late answer must not end it; the summary names the test as unsteady.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  use: { actionTimeout: 15_000 },
})
