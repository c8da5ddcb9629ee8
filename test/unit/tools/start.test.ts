import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const tool = (name: string) =>
  import(pathToFileURL(path.join(import.meta.dirname, '../../../tools/start', name)).href)
const { suitableNode } = await tool('node-version.mjs')
const { buildState } = await tool('build.mjs')
const { recentFailure } = await tool('electron-binary.mjs')
const { closingLines, readReport } = await tool('test-summary.mjs')

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'start-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

describe('the Node to run with', () => {
  it('is the one that runs, when it is new enough', () => {
    expect(suitableNode({ version: 'v24.0.0', execPath: '/n', bundled: '/b' })).toEqual({ node: '/n' })
    expect(suitableNode({ version: 'v25.1.0', execPath: '/n', bundled: null })).toEqual({ node: '/n' })
  })
  it('is the bundled one, when that which runs is too old', () => {
    expect(suitableNode({ version: 'v18.19.0', execPath: '/n', bundled: '/b' })).toEqual({ node: '/b' })
  })
  it('is named where there is none', () => {
    const { problem } = suitableNode({ version: 'v20.20.2', execPath: '/n', bundled: null })
    expect(problem).toContain('Node 24')
    expect(problem).toContain('v20.20.2')
  })
})

describe('what was built', () => {
  const write = (file: string, timeS: number) => {
    const full = path.join(folder, file)
    fs.mkdirSync(path.dirname(full), { recursive: true })
    fs.writeFileSync(full, '')
    fs.utimesSync(full, timeS, timeS)
    for (let at = path.dirname(full); at !== folder; at = path.dirname(at)) fs.utimesSync(at, 1000, 1000)
  }
  const products = [
    'out/main/start.js',
    'out/main/index.js',
    'out/main/cli.js',
    'out/preload/index.cjs',
    'out/renderer/index.html',
  ]

  it('is missing when one part is', () => {
    for (const product of products.slice(1)) write(product, 2000)
    expect(buildState(folder)).toBe('missing')
  })
  it('is older when any source was touched since', () => {
    for (const product of products) write(product, 2000)
    write('src-main/deep/er/file.ts', 2001)
    expect(buildState(folder)).toBe('older')
  })
  it('is current otherwise', () => {
    for (const product of products) write(product, 2000)
    write('src-renderer/App.vue', 1999)
    expect(buildState(folder)).toBe('current')
  })
})

describe('a failed download of Electron', () => {
  const hourMs = 3_600_000
  const text = JSON.stringify({ atMs: 1000 * hourMs, reason: 'blocked' })
  it('is remembered for a day', () => {
    expect(recentFailure(text, 1023 * hourMs)).toBe('blocked')
    expect(recentFailure(text, 1025 * hourMs)).toBeUndefined()
  })
  it('is not remembered from the future, nor from a damaged file', () => {
    expect(recentFailure(text, 999 * hourMs)).toBeUndefined()
    expect(recentFailure('{"atMs":', 0)).toBeUndefined()
    expect(recentFailure('', 0)).toBeUndefined()
  })
})

describe('the summary of the tests', () => {
  it('adds up the suites, names failures, and gives each skip its reason', () => {
    const { lines, isFine } = closingLines([
      { name: 'unit', passed: 3, failed: [], skipped: [], durationMs: 1400 },
      {
        name: 'e2e',
        passed: 1,
        failed: ['opens'],
        skipped: [
          { name: 'mac', reason: 'only on macOS' },
          { name: 'odd', reason: '' },
        ],
        unsteady: ['closes'],
        durationMs: 2000,
      },
    ])
    expect(isFine).toBe(false)
    expect(lines).toContain('skipped  e2e: mac: only on macOS')
    expect(lines).toContain('skipped  e2e: odd: no reason given')
    expect(lines).toContain('unsteady e2e: only at the second try: closes')
    expect(lines).toContain('failed   e2e: opens')
    expect(lines.at(-1)).toBe('4 passed, 1 failed, 2 skipped')
  })

  it('fails a suite that ended badly, whatever its report says', () => {
    const file = path.join(folder, 'report.json')
    expect(readReport(file, 1).failed).toEqual(['ended with status 1 and left no report'])
    expect(readReport(file, 0).failed).toHaveLength(1)
    fs.writeFileSync(file, JSON.stringify({ passed: 5, failed: [], skipped: [] }))
    expect(readReport(file, 0).failed).toEqual([])
    expect(readReport(file, 134).failed).toEqual(['ended with status 134'])
  })
})
