import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'

const { findProblems } = await import(
  pathToFileURL(path.join(import.meta.dirname, '../../../tools/checks/dependencies.mjs')).href
)

const fine = {
  manifest: { dependencies: { zod: '4.6.7' }, devDependencies: { vitest: '5.1.0' } },
  page: '| `zod` | schemas |\n| `vitest` | tests |\n',
  lock: {
    packages: { '': {}, 'node_modules/zod': { license: 'MIT' }, 'node_modules/vitest': { dev: true } },
  },
  sources: "import { z } from 'zod'\nimport { test } from 'vitest/node'",
}

it('is content with what is explained, used, exact and free', () => expect(findProblems(fine)).toEqual([]))

it.each([
  ['not explained', { page: '| `vitest` | tests |' }, 'zod is not explained in docs/dependencies.md'],
  ['explained without a reason', { page: '| `zod` | |\n| `vitest` | tests |' }, 'zod is not explained'],
  [
    'explained but gone',
    { page: `${fine.page}| \`left-pad\` | pads |` },
    'docs/dependencies.md explains left-pad, which package.json does not name',
  ],
  ['unused', { sources: "import 'vitest'\nimport 'zodiac'" }, 'zod is imported nowhere'],
  [
    'a range',
    { manifest: { ...fine.manifest, dependencies: { zod: '^4.6.7' } } },
    'zod has no exact version: ^4.6.7',
  ],
  [
    'a licence that binds',
    { lock: { packages: { 'node_modules/x': { license: 'GPL-3.0-only' } } } },
    'x is under GPL-3.0-only',
  ],
  ['no licence', { lock: { packages: { 'node_modules/x': {} } } }, 'x is under unknown'],
])('names what is %s', (_what, change, problem) => {
  expect(findProblems({ ...fine, ...change })).toEqual([expect.stringContaining(problem)])
})
