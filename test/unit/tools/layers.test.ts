import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LayerFixture } from '@test/support/layer-fixture.ts'

let fixture: LayerFixture
beforeEach(async () => {
  fixture = await LayerFixture.create()
})
afterEach(() => fixture.dispose())

describe('the layer check', () => {
  it('passes where every import points down', () => {
    fixture.write(
      'src-main/services/first.ts',
      "import { join } from 'node:path'\nimport { first } from '../core/first.ts'\nexport const all = [join, first]\n",
    )
    expect(fixture.check()).toEqual({ status: 0, problems: [] })
  })

  // One broken rule of each kind: the file that breaks it, what it holds, and what the check must say.
  const broken: [kind: string, file: string, text: string, message: RegExp][] = [
    [
      'an import that points up',
      'src-main/core/case-1.ts',
      "import '../services/first.ts'",
      /core may not import src-main\/services/,
    ],
    [
      'a type from above',
      'src-main/ports/case-2.ts',
      "import type { X } from '../services/first.ts'",
      /ports may not import/,
    ],
    [
      'an import type from above',
      'src-main/ports/case-3.ts',
      "export type X = import('../services/first.ts').X",
      /ports may not import/,
    ],
    [
      'a dynamic import that points up',
      'src-main/core/case-4.ts',
      "await import('../services/first.ts')",
      /core may not import/,
    ],
    [
      'a re-export from above',
      'src-main/core/case-5.ts',
      "export * from '../ports/first.ts'",
      /core may not import/,
    ],
    [
      'an alias to another side',
      'src-renderer/lib/case-6.ts',
      "import '@main/core/first.ts'",
      /lib may not import src-main/,
    ],
    [
      'a component of Vue that reaches a store',
      'src-renderer/components/Bad.vue',
      '<script setup lang="ts">\nimport \'../stores/first.ts\'\n</script>',
      /components may not import/,
    ],
    [
      'Electron where it may not be',
      'src-main/services/case-7.ts',
      "import 'electron'",
      /may not use Electron/,
    ],
    [
      'a module of Node in the pure core',
      'src-main/core/case-8.ts',
      "import 'node:fs'",
      /may not use node:fs/,
    ],
    ['a module of Node without its prefix', 'src-main/core/case-9.ts', "import 'fs'", /may not use node:fs/],
    [
      'a package in the contract',
      'src-preload/contract/case-10.ts',
      "import 'uuid'",
      /may not use the package uuid/,
    ],
    [
      'a client of the workspace',
      'src-main/workspace/case-11.ts',
      "import '@contract/first.ts'",
      /workspace may not import/,
    ],
    [
      'siblings that meet',
      'src-renderer/features/library/a.ts',
      "import '../uploads/b.ts'",
      /sibling src-renderer\/features\/uploads/,
    ],
    [
      'a computed import',
      'src-main/core/case-12.ts',
      'export const load = (name: string) => import(name)',
      /computed import/,
    ],
    ['a file outside every layer', 'src-main/stray.ts', '', /belongs to no layer/],
  ]
  describe('on a tree with one of each mistake', () => {
    let status: number | null
    let problems: string[]
    beforeAll(async () => {
      const mistaken = await LayerFixture.create()
      mistaken.write('src-renderer/features/uploads/b.ts', '')
      for (const [, file, text] of broken) mistaken.write(file, text)
      ;({ status, problems } = mistaken.check())
      mistaken.dispose()
    })

    it.each(broken)('finds %s', (_kind, file, _text, message) => {
      const found = problems.filter((problem) => problem.startsWith(`${file}: `))
      expect(found).toHaveLength(1)
      expect(found[0]).toMatch(message)
    })

    it('finds nothing else, and fails', () => {
      expect(problems).toHaveLength(broken.length)
      expect(status).toBe(1)
    })
  })

  it('finds files that import each other in a circle', () => {
    fixture.write('src-main/core/first.ts', "import './second.ts'")
    fixture.write('src-main/core/second.ts', "import './first.ts'")
    const { status, problems } = fixture.check()
    expect(status).toBe(1)
    expect(problems.join()).toMatch(/circle: .*first\.ts -> .*second\.ts -> .*first\.ts/)
  })

  it('finds a layer whose folder is gone', () => {
    fixture.remove('src-main/ports')
    const { status, problems } = fixture.check()
    expect(status).toBe(1)
    expect(problems).toEqual(['no file belongs to the layer src-main/ports'])
  })
})
