import fs from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { FileWatcher, WatchHint } from '@main/ports/file-watcher.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

type WatchOptions = Parameters<FileWatcher['watch']>[1]

/** What every watcher promises on a real disk: a hint for each change, at or above the place where it happened. */
export function describeFileWatcher(
  name: string,
  open: () => FileWatcher,
  watchOptions: Partial<WatchOptions> = {},
): void {
  describe(`file watcher: ${name}`, () => {
    async function watching(ignore: (path: string) => boolean = () => false) {
      const root = await tempFolder()
      await fs.mkdir(path.join(root, 'there'))
      await fs.writeFile(path.join(root, 'there', 'before.mov'), 'b')
      const hints: WatchHint[] = []
      const session = open().watch(root, { ignore, ...watchOptions }, (hint) => hints.push(hint))
      onTestFinished(() => session.close())
      await session.ready
      /** Waits for a hint at the file or above it. */
      const expectHint = (file: string) =>
        vi.waitFor(
          () =>
            expect(
              hints.some(
                (hint) =>
                  hint.kind === 'overflow' ||
                  ('path' in hint && (hint.path === file || file.startsWith(hint.path + path.sep))),
              ),
              `no hint for ${file} in ${JSON.stringify(hints)}`,
            ).toBe(true),
          { timeout: 10_000, interval: 20 },
        )
      return { root, hints, session, expectHint }
    }

    it('tells of new, changed, renamed and removed files', async () => {
      const { root, hints, expectHint } = await watching()
      const file = path.join(root, 'new.mov')
      await fs.writeFile(file, 'n')
      await expectHint(file)
      hints.length = 0
      await fs.appendFile(file, 'more')
      await expectHint(file)
      const renamed = path.join(root, 'there', 'renamed.mov')
      await fs.rename(file, renamed)
      await expectHint(renamed)
      hints.length = 0
      await fs.rm(renamed)
      await expectHint(renamed)
      expect(hints.every((hint) => hint.kind !== 'failed')).toBe(true)
    })

    it('tells of files in folders that come later, whole trees moved in too', async () => {
      const { root, hints, expectHint } = await watching()
      const outside = await tempFolder()
      await fs.mkdir(path.join(outside, 'card', 'deep'), { recursive: true })
      await fs.writeFile(path.join(outside, 'card', 'deep', 'a.mov'), 'a')
      await fs.rename(path.join(outside, 'card'), path.join(root, 'card'))
      await expectHint(path.join(root, 'card', 'deep', 'a.mov'))
      await fs.mkdir(path.join(root, 'made', 'here'), { recursive: true })
      const file = path.join(root, 'made', 'here', 'b.mov')
      await fs.writeFile(file, 'b')
      await expectHint(file)
      expect(hints.every((hint) => hint.kind !== 'failed')).toBe(true)
    })

    it('keeps still about what it is told to ignore and about what was there before', async () => {
      const { root, hints, expectHint } = await watching((file) => file.endsWith('.part'))
      await fs.writeFile(path.join(root, 'x.part'), 'x')
      await fs.writeFile(path.join(root, 'y.mov'), 'y')
      await expectHint(path.join(root, 'y.mov'))
      const paths = hints.flatMap((hint) => ('path' in hint ? [hint.path] : []))
      expect(paths.some((file) => file.endsWith('.part') || file.endsWith('before.mov'))).toBe(false)
    })

    it('is silent after it was closed', async () => {
      const { root, hints, session } = await watching()
      await session.close()
      hints.length = 0
      await fs.writeFile(path.join(root, 'late.mov'), 'l')
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(hints).toEqual([])
    })
  })
}
