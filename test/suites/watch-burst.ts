import { writeFileSync } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { NodeFileSystem } from '@main/adapters/node/node-file-system.ts'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { SqliteWatchJournal } from '@main/adapters/node/sqlite-watch-journal.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import type { FileWatcher } from '@main/ports/file-watcher.ts'
import { ClipPlanner } from '@main/services/intake/clip-planner.ts'
import { WatchFolders } from '@main/services/watch/watch-folders.ts'
import { silentLogger, smallFileHasher, tellingProbe } from '@test/support/intake-world.ts'
import { JournalQueue } from '@test/support/journal-queue.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

/** 100,000 with `npm run test:long`. */
export const FILES = process.env['TEST_LONG'] ? 100_000 : 10_000
const FOLDERS = 100

async function watching(watcher: FileWatcher) {
  const base = await tempFolder()
  const root = path.join(base, 'in')
  await fs.mkdir(root)
  const fileSystem = new NodeFileSystem()
  const queue = new JournalQueue()
  const planner = new ClipPlanner({
    fileSystem,
    hasher: smallFileHasher(fileSystem),
    probe: tellingProbe(() => ({})),
    clock: systemClock,
    logger: silentLogger,
    known: queue,
    api: () => null,
  })
  const journal = new SqliteWatchJournal(openDatabase(path.join(base, 'state', 'ferry.db')))
  const folders = new WatchFolders(
    {
      fileSystem,
      watcher,
      journal,
      planner,
      intake: queue,
      clock: systemClock,
      logger: silentLogger,
      api: () => null,
    },
    () => 'account-1',
  )
  onTestFinished(() => folders.stop())
  await folders.start()
  await folders.add(root, { settleSeconds: 1, groupSettleSeconds: 1 })
  await folders.ready()
  return { root, folders, queue }
}

/**
 * A burst of files into a watched folder: whatever a watcher tells of it, each file is queued once.
 * @param after called when all of them were
 */
export function describeWatchBurst(name: string, open: () => FileWatcher, after = () => {}): void {
  describe(`${FILES} files as fast as possible, seen by ${name}`, () => {
    it('misses none, takes each once, and never says more than is true', async () => {
      const { root, folders, queue } = await watching(open())
      const written: number[] = []
      const untrue: string[] = []
      const over = new AbortController()
      const look = async () => {
        while (!over.signal.aborted) {
          const [view] = folders.list()
          if (view?.coverage.kind === 'complete' && view.coverage.asOf !== null) {
            // Complete as of a moment: what was there then is known now.
            const asOfMs = Date.parse(view.coverage.asOf)
            const there = written.filter((atMs) => atMs < asOfMs).length
            if (view.counts.files < there)
              untrue.push(`${view.coverage.asOf}: ${view.counts.files} known, ${there} there`)
          }
          await sleep(100)
        }
      }
      const looking = look()
      for (let folder = 0; folder < FOLDERS; folder++) await fs.mkdir(path.join(root, `d${folder}`))
      for (let n = 0; n < FILES; n++) {
        writeFileSync(path.join(root, `d${n % FOLDERS}`, `clip ${n}.mov`), `content of ${n}`)
        written.push(Date.now())
        // Meanwhile events pile up in the kernel, as under a busy machine.
        if (n % 1000 === 999) await sleep(1)
      }
      await expect.poll(() => queue.queuedAtMs.size, { timeout: 240_000, interval: 200 }).toBe(FILES)
      over.abort()
      await looking
      expect(queue.twice).toEqual([])
      expect(untrue).toEqual([])
      queue.finish()
      await expect.poll(() => folders.list()[0]?.counts.settling, { timeout: 60_000, interval: 200 }).toBe(0)
      expect(folders.list()[0]?.counts.files).toBe(FILES)
      after()
    })
  })
}
