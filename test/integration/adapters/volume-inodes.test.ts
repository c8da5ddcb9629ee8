import fs from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { NodeFileSystem } from '@main/adapters/node/node-file-system.ts'
import { VolumeInodes } from '@main/adapters/node/volume-inodes.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

it.each([
  ['FAT', 0x4d44, false],
  ['exFAT', 0x2011bab0, false],
  ['ext4', 0xef53, true],
  ['APFS', 0x1a, true],
])('numbers of files on %s last over a mount: %s %s', async (_, type, lasts) => {
  let asked = 0
  const volumes = new VolumeInodes(async () => {
    asked++
    return type
  })
  expect(volumes.known(7n)).toBeUndefined()
  expect(await volumes.ask('/x', 7n)).toBe(lasts)
  expect(volumes.known(7n)).toBe(lasts)
  expect(asked).toBe(1)
})

it('learns nothing of a volume by a path that went', async () => {
  const volumes = new VolumeInodes(async () => {
    throw new Error('ENOENT')
  })
  expect(await volumes.ask('/x', 7n)).toBe(true)
  expect(volumes.known(7n)).toBeUndefined()
})

it('gives files their number alone, and folders that of their volume too', async () => {
  const root = await tempFolder()
  const file = path.join(root, 'a.mov')
  await fs.writeFile(file, 'a')
  const fileSystem = new NodeFileSystem()
  const { dev, ino } = await fs.stat(root)
  expect((await fileSystem.stat(root)).inode).toBe(`${dev}:${ino}`)
  expect((await fileSystem.stat(file)).inode).toBe(String((await fs.stat(file)).ino))
})
