import { createHash } from 'node:crypto'
import { writeFile, appendFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createNodeHasher } from '@main/adapters/node/node-hasher.ts'
import { createWorkerHashStreams } from '@main/adapters/node/worker-hash-streams.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

const streams = createWorkerHashStreams(2)
const hasher = createNodeHasher(streams)
afterAll(() => streams.close())

describe('node hasher', () => {
  it.each([0, 1, 1024 * 1024 - 1, 1024 * 1024, 5 * 1024 * 1024 + 3])(
    'sums %i bytes as node:crypto does',
    async (size) => {
      const folder = await tempFolder()
      const file = path.join(folder, 'bytes')
      const bytes = Buffer.alloc(size, 'some text that repeats')
      await writeFile(file, bytes)
      let seen = 0
      const { hashes, sizeBytes } = await hasher.hashFile(file, ['md5', 'sha1', 'xxh128', 'crc32c'], {
        onBytes: (count) => (seen += count),
      })
      expect(sizeBytes).toBe(size)
      expect(seen).toBe(size)
      expect(hashes.md5).toBe(createHash('md5').update(bytes).digest('hex'))
      expect(hashes.sha1).toBe(createHash('sha1').update(bytes).digest('hex'))
      expect(hashes.xxh128).toMatch(/^[0-9a-f]{32}$/)
      expect(await streams.hashSmall(bytes, ['md5', 'sha1', 'xxh128', 'crc32c'])).toEqual(hashes)
    },
  )

  it('knows the published sums of well-known texts', async () => {
    expect(await streams.hashSmall(Buffer.from('123456789'), ['crc32c'])).toEqual({ crc32c: 'e3069283' })
    expect(await streams.hashSmall(Buffer.from(''), ['xxh128'])).toEqual({
      xxh128: '99aa06d3014798d86001c324468d497f',
    })
  })

  it('hashes several files at once without mixing them up', async () => {
    const folder = await tempFolder()
    const files = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const file = path.join(folder, `${index}`)
        await writeFile(file, Buffer.alloc(700_000 + index, index))
        return file
      }),
    )
    const sums = await Promise.all(files.map((file) => hasher.hashFile(file, ['md5'])))
    for (const [index, { hashes }] of sums.entries())
      expect(hashes.md5).toBe(
        createHash('md5')
          .update(Buffer.alloc(700_000 + index, index))
          .digest('hex'),
      )
  })

  it('reports a file that grows while it is read', async () => {
    const folder = await tempFolder()
    const file = path.join(folder, 'growing')
    await writeFile(file, Buffer.alloc(8 * 1024 * 1024))
    let grown = false
    const hashing = hasher.hashFile(file, ['md5'], {
      onBytes: () => {
        if (grown) return
        grown = true
        void appendFile(file, 'more')
      },
    })
    await expect(hashing).rejects.toMatchObject({ code: 'file.changed' })
  })

  it('names what is missing, and stops when it is told to', async () => {
    const folder = await tempFolder()
    const file = path.join(folder, 'gone')
    await expect(hasher.hashFile(file, ['md5'])).rejects.toMatchObject({ code: 'file.missing' })
    await writeFile(file, 'text')
    await expect(hasher.hashFile(file, ['md5'], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    })
  })
})
