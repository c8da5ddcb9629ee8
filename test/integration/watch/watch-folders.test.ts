import fs from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { WatchRules } from '@contract/watch-folders.ts'
import { ChokidarFileWatcher } from '@main/adapters/node/chokidar-file-watcher.ts'
import { NodeFileSystem } from '@main/adapters/node/node-file-system.ts'
import { ParcelFileWatcher } from '@main/adapters/node/parcel-file-watcher.ts'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { SqliteWatchJournal } from '@main/adapters/node/sqlite-watch-journal.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import type { FileWatcher } from '@main/ports/file-watcher.ts'
import { ClipPlanner } from '@main/services/intake/clip-planner.ts'
import { WatchFolders } from '@main/services/watch/watch-folders.ts'
import { RememberingQueue, silentLogger, smallFileHasher, tellingProbe } from '@test/support/intake-world.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

/** Watch folders on a real disk with a real watcher and database; only the queue is a stand-in. */
async function watching(watcher: FileWatcher, rules: Partial<WatchRules> = {}) {
  const base = await tempFolder()
  const root = path.join(base, 'in')
  await fs.mkdir(root)
  const fileSystem = new NodeFileSystem()
  const hasher = smallFileHasher(fileSystem)
  const queue = new RememberingQueue()
  const db = openDatabase(path.join(base, 'state', 'ferry.db'))
  const planner = new ClipPlanner({
    fileSystem,
    hasher,
    probe: tellingProbe(() => ({})),
    clock: systemClock,
    logger: silentLogger,
    known: queue,
    api: () => null,
  })
  const start = async () => {
    const folders = new WatchFolders(
      {
        fileSystem,
        watcher,
        journal: new SqliteWatchJournal(db),
        planner,
        intake: queue,
        clock: systemClock,
        logger: silentLogger,
        api: () => null,
      },
      () => 'account-1',
    )
    await folders.start()
    await folders.ensure(root, { settleSeconds: 1, groupSettleSeconds: 1, ...rules })
    await folders.ready()
    onTestFinished(() => folders.stop())
    return folders
  }
  const uploaded = () => queue.uploadedPaths.map((file) => path.relative(root, file)).sort()
  const settled = (expected: string[], timeout = 15_000) =>
    vi.waitFor(() => expect(uploaded()).toEqual([...expected].sort()), { timeout, interval: 50 })
  return { base, root, queue, start, uploaded, settled, folders: await start() }
}

describe.each([
  ['chokidar', () => new ChokidarFileWatcher()],
  ['@parcel/watcher', () => new ParcelFileWatcher()],
])('a watch folder on the disk, with %s', (_, open) => {
  it('takes a slow copy only when it is whole', async () => {
    const { root, queue, settled } = await watching(open())
    const file = path.join(root, 'slow.mov')
    for (let second = 0; second < 8; second++) {
      await fs.appendFile(file, 'x'.repeat(1000))
      await new Promise((resolve) => setTimeout(resolve, 400))
    }
    await settled(['slow.mov'])
    expect(queue.plans[0]?.clips[0]?.clip.files[0]?.sizeBytes).toBe(8000)
  })

  it('waits for a quiet writer that keeps its file open', async () => {
    const { root, queue, settled } = await watching(open())
    const writer = await fs.open(path.join(root, 'open.mov'), 'w')
    await writer.write('header')
    await new Promise((resolve) => setTimeout(resolve, 3500))
    const early = queue.plans.length
    await writer.write(' and the rest')
    await writer.close()
    await settled(['open.mov'])
    expect(early).toBe(process.platform === 'linux' ? 0 : early)
    expect(queue.plans.at(-1)?.clips[0]?.clip.files[0]?.sizeBytes).toBe(19)
  })

  it('takes an atomic rename once, under its final name', async () => {
    const { root, settled, uploaded } = await watching(open())
    await fs.writeFile(path.join(root, 'clip.mov.part'), 'whole')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await fs.rename(path.join(root, 'clip.mov.part'), path.join(root, 'clip.mov'))
    await settled(['clip.mov'])
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(uploaded()).toEqual(['clip.mov'])
  })

  it('goes on when its root went away and came back', async () => {
    const { base, root, folders, settled, queue } = await watching(open())
    await fs.writeFile(path.join(root, 'before.mov'), 'b')
    await settled(['before.mov'])
    queue.finish()
    await fs.rename(root, path.join(base, 'unmounted'))
    await vi.waitFor(() => expect(folders.list()[0]?.state).toBe('away'), { timeout: 12_000 })
    expect(folders.list()[0]?.counts.files).toBe(1)
    await fs.writeFile(path.join(base, 'unmounted', 'meanwhile.mov'), 'm')
    await fs.rename(path.join(base, 'unmounted'), root)
    await settled(['before.mov', 'meanwhile.mov'], 20_000)
  })

  it('knows after a restart what it had sent', async () => {
    const { root, folders, start, settled, uploaded } = await watching(open())
    for (let n = 0; n < 20; n++) await fs.writeFile(path.join(root, `clip ${n}.mov`), `${n}`)
    const all = Array.from({ length: 20 }, (_, n) => `clip ${n}.mov`)
    await settled(all)
    await folders.stop()
    await fs.writeFile(path.join(root, 'new.mov'), 'n')
    await start()
    await settled([...all, 'new.mov'])
    expect(uploaded()).toHaveLength(21)
  })
})
