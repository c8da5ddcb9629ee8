import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { MemoryFileSystem } from '@main/adapters/memory/memory-file-system.ts'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { SqliteWatchJournal } from '@main/adapters/node/sqlite-watch-journal.ts'
import { AppError } from '@main/core/errors.ts'
import { ClipPlanner } from '@main/services/intake/clip-planner.ts'
import { WatchFolders } from '@main/services/watch/watch-folders.ts'
import { TestClock, silentLogger, smallFileHasher, tellingProbe } from '@test/support/intake-world.ts'
import { JournalQueue, sizeOf } from '@test/support/journal-queue.ts'
import { TellingWatcher } from '@test/support/watch-world.ts'

const DAYS = 30
const FILES_A_DAY = 100
/** A person clears away what is older. */
const DAYS_KEPT = 5
const HOUR_MS = 3_600_000

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const heapMb = () => {
  collectGarbage()
  return process.memoryUsage().heapUsed / 1e6
}

/** A month of a watched shuttle drive: memory, both journals and a clock that is moved; what goes wrong is said by the server or by the disk. */
function month() {
  const clock = new TestClock()
  const fileSystem = new MemoryFileSystem({ nowMs: () => clock.nowMs() })
  const queue = new JournalQueue()
  const watcher = new TellingWatcher()
  const db = openDatabase(':memory:')
  const journal = new SqliteWatchJournal(db)
  let trouble: 'network.offline' | 'auth.rejected' | null = null
  let asked = 0
  const planner = new ClipPlanner({
    fileSystem,
    hasher: smallFileHasher(fileSystem),
    probe: tellingProbe(() => ({})),
    clock,
    logger: silentLogger,
    known: queue,
    api: () => null,
    storageProblem: async () => {
      asked++
      if (trouble !== null) throw new AppError(trouble, 'The server does not do what it is asked.')
      return null
    },
  })
  const ports = { fileSystem, watcher, journal, planner, intake: queue, clock, logger: silentLogger }
  return {
    clock,
    fileSystem,
    queue,
    watcher,
    journal,
    watchBytes: () => sizeOf(db),
    setTrouble: (now: typeof trouble) => (trouble = now),
    asked: () => asked,
    open: () => new WatchFolders({ ...ports, api: () => null }, () => 'account-1'),
    pass: (hours: number) => clock.pass(hours * HOUR_MS, 1),
  }
}

it('watches for a month of unmounts, outages, lost tokens and restarts: each file once, memory and journal bounded', async () => {
  const world = month()
  const { fileSystem, watcher, queue, journal } = world
  fileSystem.addFolder('/in')
  let folders = world.open()
  await folders.start()
  const { id } = await folders.add('/in', {})
  await world.pass(0.1)

  const kept: string[][] = []
  const sizes: { heapMb: number; watchBytes: number; queueBytes: number }[] = []
  let written = 0
  const write = (day: number, n: number) => {
    const path = `/in/day ${day}/clip ${n}.mov`
    fileSystem.write(path, `day ${day}, clip ${n}, ${'x'.repeat(n)}`)
    // Every third event is lost.
    if (n % 3 !== 0) watcher.tell({ kind: 'changed', path })
    written++
    return path
  }
  for (let day = 0; day < DAYS; day++) {
    const today: string[] = []
    for (let n = 0; n < FILES_A_DAY / 2; n++) today.push(write(day, n))
    await world.pass(1)
    queue.finish()
    // The server is away, or the token has expired, while the rest comes.
    world.setTrouble(day % 2 === 0 ? 'network.offline' : 'auth.rejected')
    for (let n = FILES_A_DAY / 2; n < FILES_A_DAY; n++) today.push(write(day, n))
    const askedBefore = world.asked()
    await world.pass(3)
    expect(folders.list()[0]).toMatchObject({ problem: { code: expect.any(String) } })
    // Tried ever more seldom: no more than once a minute, however long it lasts.
    expect(world.asked() - askedBefore).toBeLessThan(3 * 60 + 10)
    world.setTrouble(null)
    await world.pass(0.5)
    queue.finish()
    if (day % 7 === 6) {
      await folders.stop()
      folders = world.open()
      await folders.start()
    }
    fileSystem.unmount('/in', day % 2 === 0 ? 'folder' : 'nothing')
    await world.pass(16)
    expect(folders.list()[0]?.state).toBe('away')
    fileSystem.mount('/in')
    await world.pass(1)
    kept.push(today)
    if (kept.length > DAYS_KEPT) {
      kept.shift()
      fileSystem.remove(`/in/day ${day - DAYS_KEPT}`)
    }
    await world.pass(2.5)
    expect(folders.list()[0]).toMatchObject({
      state: 'watching',
      problem: null,
      coverage: { kind: 'complete' },
      counts: { files: kept.flat().length, settling: 0, needsYou: 0 },
    })
    sizes.push({ heapMb: heapMb(), watchBytes: world.watchBytes(), queueBytes: queue.sizeBytes })
  }
  await folders.stop()

  expect(queue.queuedAtMs.size).toBe(written)
  expect(queue.twice).toEqual([])
  expect(journal.counts(id).done).toBe(kept.flat().length)
  // What is known of the folder is what is there: it does not grow with the days.
  const [atFirst, atLast] = [sizes[DAYS_KEPT + 2], sizes.at(-1)] as [(typeof sizes)[0], (typeof sizes)[0]]
  expect(atLast.watchBytes).toBeLessThanOrEqual(atFirst.watchBytes * 1.1)
  // Two thousand paths that the test keeps itself are well below a megabyte.
  expect(atLast.heapMb - atFirst.heapMb).toBeLessThan(5)
  // The queue remembers every upload, in so many bytes each and no more.
  expect(atLast.queueBytes / written).toBeLessThan(4096)
  console.log(
    `${DAYS} days, ${written} files; heap ${atFirst.heapMb.toFixed(1)} to ${atLast.heapMb.toFixed(1)} MB, ` +
      `watch journal ${atFirst.watchBytes} to ${atLast.watchBytes} bytes, ${Math.round(atLast.queueBytes / written)} bytes an upload`,
  )
})
