import fs from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { NodeFileSystem } from '@main/adapters/node/node-file-system.ts'
import { describeFileSystem } from '@test/suites/file-system.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

// Windows has no such modes.
const canLock = process.platform !== 'win32'
const NOBODY = 65534

/** Takes every right to a folder away. Root reads everything, so the rest of the test runs as nobody then. */
async function lock(folder: string): Promise<void> {
  await fs.chmod(path.dirname(folder), 0o755)
  await fs.chmod(folder, 0o000)
  if (process.geteuid?.() !== 0) return
  process.seteuid?.(NOBODY)
  onTestFinished(() => process.seteuid?.(0))
}

describeFileSystem(
  'of this machine',
  async () => ({
    fileSystem: new NodeFileSystem(),
    root: await tempFolder(),
    write: async (file, content) => {
      await fs.mkdir(path.dirname(file), { recursive: true })
      await fs.writeFile(file, content)
    },
    symlink: (link, target) => fs.symlink(target, link),
    lock,
    exists: (file) =>
      fs.stat(file).then(
        () => true,
        () => false,
      ),
    read: (file) => fs.readFile(file, 'utf8'),
  }),
  { canLock },
)

describe('the disk of this machine', () => {
  it('finishes a move that was killed after the link was made, and loses nothing to a folder by another name', async () => {
    const root = await tempFolder()
    const [source, done] = [path.join(root, 'in/a.mov'), path.join(root, 'done')]
    for (const folder of [path.dirname(source), done]) await fs.mkdir(folder)
    await fs.writeFile(source, 'one of a kind')
    await fs.link(source, path.join(done, 'a.mov'))
    const fileSystem = new NodeFileSystem()
    expect(await fileSystem.move(source, done)).toBe(path.join(done, 'a.mov'))
    expect(await fs.readdir(path.dirname(source))).toEqual([])
    await fs.symlink(done, path.join(root, 'alias'))
    expect(await fileSystem.move(path.join(done, 'a.mov'), path.join(root, 'alias'))).toBe(
      path.join(done, 'a.mov'),
    )
    expect(await fs.readdir(done)).toEqual(['a.mov'])
  })

  it.runIf(process.platform === 'linux')('gives up at once where nothing can be made', async () => {
    const source = path.join(await tempFolder(), 'a.mov')
    await fs.writeFile(source, 'x')
    await expect(new NodeFileSystem().move(source, '/proc/nope/done')).rejects.toMatchObject({
      message: 'The folder /proc/nope/done cannot be made: Nothing can be made there.',
    })
  })

  it('says why a folder to move to cannot be made, and tries no longer than that', async () => {
    const root = await tempFolder()
    const [source, inTheWay] = [path.join(root, 'a.mov'), path.join(root, 'file')]
    for (const file of [source, inTheWay]) await fs.writeFile(file, 'x')
    const fileSystem = new NodeFileSystem()
    await expect(fileSystem.move(source, path.join(inTheWay, 'done'))).rejects.toMatchObject({
      code: 'file.unreadable',
      message: `The folder ${path.join(inTheWay, 'done')} cannot be made: A file is in the way.`,
    })
    const moves = [1, 2, 3].map((number) => path.join(root, 'deep/er', `${number}`))
    for (const folder of moves) await fs.writeFile(path.join(root, path.basename(folder)), 'x')
    await Promise.all(moves.map((folder) => fileSystem.move(path.join(root, path.basename(folder)), folder)))
    expect(await fs.readdir(path.join(root, 'deep/er'))).toEqual(['1', '2', '3'])
    expect(await fs.readFile(source, 'utf8')).toBe('x')
  })

  it.runIf(process.platform === 'linux')(
    'sees which file is open for writing, and that reading is not',
    async () => {
      const root = await tempFolder()
      const writing = path.join(root, 'writing.mov')
      const reading = path.join(root, 'reading.mov')
      await fs.writeFile(reading, 'r')
      const writer = await fs.open(writing, 'w')
      const reader = await fs.open(reading, 'r')
      const fileSystem = new NodeFileSystem()
      expect(await fileSystem.openForWriting([writing, reading])).toEqual(new Set([writing]))
      await writer.close()
      await reader.close()
      expect(await fileSystem.isOpenForWriting(writing)).toBe(false)
    },
  )

  it.runIf(process.platform === 'linux')(
    'names a file whose name is no UTF-8 instead of losing it',
    async () => {
      const root = await tempFolder()
      const name = Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9]), Buffer.from('.mov')])
      await fs.writeFile(name, 'x')
      const events = []
      for await (const batch of new NodeFileSystem().walk(root)) events.push(...batch)
      expect(events).toContainEqual({
        problem: { path: expect.stringContaining('caf'), reason: expect.stringMatching(/UTF-8/) },
      })
    },
  )

  it('keeps a decomposed name as it is on the disk', async () => {
    const root = await tempFolder()
    const name = 'Mu\u0308ller.mov'
    await fs.writeFile(path.join(root, name), 'x')
    const paths = []
    for await (const batch of new NodeFileSystem().walk(root))
      for (const event of batch) if ('entry' in event) paths.push(path.basename(event.entry.path))
    expect(paths).toContain(name)
  })
})
