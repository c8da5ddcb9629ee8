import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const { problemsOf } = await import(
  pathToFileURL(path.join(import.meta.dirname, '../../../tools/package/package-contents.mjs')).href
)

const needed = [
  'package.json',
  'out/main/start.js',
  'out/main/index.js',
  'out/main/cli.js',
  'out/main/workspace-worker.js',
  'out/main/library-worker.js',
  'out/main/hash-worker.js',
  'out/main/disk-worker.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
]

describe('what a package holds', () => {
  it('is fine with what runs and the packages it needs', () =>
    expect(problemsOf([...needed, 'node_modules/zod/index.js'])).toEqual([]))

  it.each([
    ['test/unit/a.test.ts', 'does not belong'],
    ['tools/bench/bench.mjs', 'does not belong'],
    ['node_modules/x/test/index.js', 'is tests'],
    ['node_modules/x/lib/a.spec.js', 'is a test'],
    ['out/main/index.js.map', 'is source'],
    ['out/main/ferry.db', 'is data of somebody'],
    ['node_modules/x/.env', 'is a secret'],
    ['node_modules/vitest/index.js', 'is a tool of development'],
  ])('%s is refused', (file, why) => {
    const [problem] = problemsOf([...needed, file])
    expect(problem).toContain(file)
    expect(problem).toContain(why)
  })

  it('lacks nothing', () => expect(problemsOf(needed.slice(1))).toEqual(['package.json is missing']))
})
