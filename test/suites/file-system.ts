import { describe, expect, it } from 'vitest'
import type { FileSystem, WalkEntry, WalkEvent } from '@main/ports/file-system.ts'

/** What a test does to the disk behind a file system. Paths are absolute, below `root`. */
export interface DiskUnderTest {
  fileSystem: FileSystem
  root: string
  write(path: string, content: string): Promise<void>
  symlink(path: string, target: string): Promise<void>
  lock(folder: string): Promise<void>
  exists(path: string): Promise<boolean>
  read(path: string): Promise<string>
}

async function walkAll(fileSystem: FileSystem, root: string, enter?: (path: string) => boolean) {
  const events: WalkEvent[] = []
  for await (const batch of fileSystem.walk(root, enter ? { enter } : {})) events.push(...batch)
  const entries = events.flatMap((event) => ('entry' in event ? [event.entry] : []))
  const problems = events.flatMap((event) => ('problem' in event ? [event.problem] : []))
  return { entries, problems }
}

const byPath = (entries: WalkEntry[]) => new Map(entries.map((entry) => [entry.path, entry]))

/** Every file system that intake stands on keeps these promises. `lock` may be null where permissions are not enforced. */
export function describeFileSystem(
  name: string,
  open: () => Promise<DiskUnderTest>,
  options: { canLock: boolean },
): void {
  describe(`file system: ${name}`, () => {
    it('walks folders before what is in them, with size, date and identity', async () => {
      const disk = await open()
      await disk.write(`${disk.root}/a/b/deep.mov`, 'deep')
      await disk.write(`${disk.root}/top.mov`, '')
      const { entries, problems } = await walkAll(disk.fileSystem, disk.root)
      expect(problems).toEqual([])
      expect(entries[0]).toMatchObject({ path: disk.root, kind: 'folder' })
      const order = entries.map((entry) => entry.path)
      expect(order.indexOf(`${disk.root}/a`)).toBeLessThan(order.indexOf(`${disk.root}/a/b`))
      expect(order.indexOf(`${disk.root}/a/b`)).toBeLessThan(order.indexOf(`${disk.root}/a/b/deep.mov`))
      expect(byPath(entries).get(`${disk.root}/a/b/deep.mov`)).toMatchObject({ kind: 'file', sizeBytes: 4 })
      expect(byPath(entries).get(`${disk.root}/top.mov`)).toMatchObject({ kind: 'file', sizeBytes: 0 })
      expect(new Set(entries.map((entry) => entry.inode)).size).toBe(entries.length)
    })

    it('tells the same by stat as by walk', async () => {
      const disk = await open()
      await disk.write(`${disk.root}/x.mov`, 'x')
      const { entries } = await walkAll(disk.fileSystem, disk.root)
      expect(await disk.fileSystem.stat(`${disk.root}/x.mov`)).toEqual(
        byPath(entries).get(`${disk.root}/x.mov`),
      )
    })

    it.each([3, 600])('tells the same by one look at %i paths as by each alone', async (count) => {
      const disk = await open()
      const paths = Array.from({ length: count }, (_, n) => `${disk.root}/${n}.mov`)
      // Every third is not there, wherever the places of the others are cut.
      for (const [n, path] of paths.entries()) if (n % 3 !== 1) await disk.write(path, `content of ${n}`)
      const all = [...paths, disk.root]
      const alone = await Promise.all(
        all.map((path) => disk.fileSystem.stat(path).catch((error: unknown) => String(error))),
      )
      const together = await disk.fileSystem.statAll(all)
      expect(together.map((entry) => (entry instanceof Error ? String(entry) : entry))).toEqual(alone)
      expect(together[1]).toMatchObject({ code: 'file.missing' })
      expect(await disk.fileSystem.statAll([])).toEqual([])
    })

    it('enters only the folders it is told to, yet names the others', async () => {
      const disk = await open()
      await disk.write(`${disk.root}/skip/in.mov`, 'in')
      await disk.write(`${disk.root}/keep/in.mov`, 'in')
      const { entries } = await walkAll(disk.fileSystem, disk.root, (path) => !path.endsWith('/skip'))
      const paths = entries.map((entry) => entry.path)
      expect(paths).toContain(`${disk.root}/skip`)
      expect(paths).toContain(`${disk.root}/keep/in.mov`)
      expect(paths).not.toContain(`${disk.root}/skip/in.mov`)
    })

    it('reports a symbolic link and does not follow it', async () => {
      const disk = await open()
      await disk.write(`${disk.root}/real/in.mov`, 'in')
      await disk.symlink(`${disk.root}/link`, `${disk.root}/real`)
      const { entries } = await walkAll(disk.fileSystem, disk.root)
      expect(byPath(entries).get(`${disk.root}/link`)?.kind).toBe('symlink')
      expect(entries.some((entry) => entry.path.startsWith(`${disk.root}/link/`))).toBe(false)
    })

    it.runIf(options.canLock)('names a folder that it may not read and goes on', async () => {
      const disk = await open()
      await disk.write(`${disk.root}/locked/in.mov`, 'in')
      await disk.write(`${disk.root}/open.mov`, 'open')
      await disk.lock(`${disk.root}/locked`)
      const { entries, problems } = await walkAll(disk.fileSystem, disk.root)
      expect(problems).toEqual([
        { path: `${disk.root}/locked`, reason: expect.stringMatching(/permission/i) },
      ])
      expect(entries.some((entry) => entry.path === `${disk.root}/open.mov`)).toBe(true)
    })

    it('walks a single file as itself', async () => {
      const disk = await open()
      await disk.write(`${disk.root}/one.mov`, 'one')
      const { entries } = await walkAll(disk.fileSystem, `${disk.root}/one.mov`)
      expect(entries).toHaveLength(1)
      expect(entries[0]).toMatchObject({ kind: 'file', sizeBytes: 3 })
    })

    it('says that a missing thing is missing', async () => {
      const disk = await open()
      await expect(disk.fileSystem.stat(`${disk.root}/none`)).rejects.toMatchObject({ code: 'file.missing' })
      await expect(walkAll(disk.fileSystem, `${disk.root}/none`)).rejects.toMatchObject({
        code: 'file.missing',
      })
      await expect(disk.fileSystem.delete(`${disk.root}/none`)).rejects.toMatchObject({
        code: 'file.missing',
      })
    })

    it('reads small files whole and refuses larger ones', async () => {
      const disk = await open()
      await disk.write(`${disk.root}/a.json`, '{"a":1}')
      expect(new TextDecoder().decode(await disk.fileSystem.readSmall(`${disk.root}/a.json`, 100))).toBe(
        '{"a":1}',
      )
      await expect(disk.fileSystem.readSmall(`${disk.root}/a.json`, 3)).rejects.toMatchObject({
        code: 'file.unsupported',
      })
    })

    it('tells files of one size apart by samples, wherever they differ', async () => {
      const disk = await open()
      const text = 'x'.repeat(200_000)
      for (const [name, at] of [
        ['same', -1],
        ['begin', 5],
        ['middle', 100_005],
        ['end', 199_990],
      ] as const)
        await disk.write(`${disk.root}/${name}`, at < 0 ? text : `${text.slice(0, at)}y${text.slice(at + 1)}`)
      await disk.write(`${disk.root}/again`, text)
      const sample = (name: string) => disk.fileSystem.readSample(`${disk.root}/${name}`)
      const same = await sample('same')
      expect(await sample('again')).toEqual(same)
      for (const name of ['begin', 'middle', 'end']) expect(await sample(name)).not.toEqual(same)
      await expect(sample('gone')).rejects.toMatchObject({ code: 'file.missing' })
    })

    it('moves without ever overwriting', async () => {
      const disk = await open()
      await disk.write(`${disk.root}/done/a.mov`, 'old')
      await disk.write(`${disk.root}/a.mov`, 'new')
      const target = await disk.fileSystem.move(`${disk.root}/a.mov`, `${disk.root}/done`)
      expect(target).toBe(`${disk.root}/done/a (2).mov`)
      expect(await disk.read(target)).toBe('new')
      expect(await disk.read(`${disk.root}/done/a.mov`)).toBe('old')
      expect(await disk.exists(`${disk.root}/a.mov`)).toBe(false)
    })

    it('finishes a move that was cut short, and moves nothing to where it is', async () => {
      const disk = await open()
      for (const file of ['a.mov', 'done/a.mov']) await disk.write(`${disk.root}/${file}`, 'the same')
      const target = await disk.fileSystem.move(`${disk.root}/a.mov`, `${disk.root}/done`)
      expect(target).toBe(`${disk.root}/done/a.mov`)
      expect(await disk.exists(`${disk.root}/a.mov`)).toBe(false)
      expect(await disk.fileSystem.move(target, `${disk.root}/done`)).toBe(target)
      expect(await disk.read(target)).toBe('the same')
    })

    it('moves into a folder that is not there yet, and deletes', async () => {
      const disk = await open()
      await disk.write(`${disk.root}/b.mov`, 'b')
      const target = await disk.fileSystem.move(`${disk.root}/b.mov`, `${disk.root}/made/for/it`)
      expect(target).toBe(`${disk.root}/made/for/it/b.mov`)
      await disk.fileSystem.delete(target)
      expect(await disk.exists(target)).toBe(false)
    })
  })
}
