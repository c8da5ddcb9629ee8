import fs from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { DiskThreads } from '@main/adapters/node/disk/disk-threads.ts'
import { NodeFileSystem } from '@main/adapters/node/node-file-system.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

describe('disk threads', () => {
  it('list folders in the order of asking, and say which cannot be read', async () => {
    const folder = await tempFolder()
    await fs.writeFile(path.join(folder, 'a.mov'), 'abc')
    const listings = await new DiskThreads().use((thread) => thread.list([path.join(folder, 'gone'), folder]))
    expect(listings.map(({ names, failure }) => [names, failure?.code ?? null])).toEqual([
      ['', 'ENOENT'],
      ['a.mov', null],
    ])
    expect(listings[1]?.sizesBytes).toEqual(Float64Array.of(3))
  })

  it('are four at most: a fifth user waits until one is given back', async () => {
    const threads = new DiskThreads()
    const taken = await Promise.all([threads.take(), threads.take(), threads.take(), threads.take()])
    let isGiven = false
    const fifth = threads.take().then((thread) => {
      isGiven = true
      return thread
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(isGiven).toBe(false)
    threads.giveBack(taken[0])
    expect(await fifth).toBe(taken[0])
  })

  it('that ended fail what was asked, and are replaced', async () => {
    const threads = new DiskThreads()
    const folder = await tempFolder()
    const thread = await threads.take()
    // Answered or not: it must not hang.
    const asked = Promise.allSettled([thread.list([folder])])
    await thread.end()
    await asked
    await expect(thread.list([folder])).rejects.toThrow(/ended/)
    threads.giveBack(thread)
    const next = await threads.take()
    expect(next).not.toBe(thread)
    expect(await next.list([folder])).toHaveLength(1)
  })

  it('are free again after a walk that was left early', async () => {
    const folder = await tempFolder()
    for (let at = 0; at < 50; at++) await fs.mkdir(path.join(folder, `d${at}`, 'e'), { recursive: true })
    const fileSystem = new NodeFileSystem(new DiskThreads())
    for (let walks = 0; walks < 8; walks++) for await (const _batch of fileSystem.walk(folder)) break
    const found: string[] = []
    for await (const batch of fileSystem.walk(folder))
      for (const event of batch) if ('entry' in event) found.push(event.entry.path)
    expect(found).toHaveLength(101)
  })
})
