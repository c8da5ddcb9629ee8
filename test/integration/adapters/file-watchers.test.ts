import { describe, expect, it } from 'vitest'
import { ChokidarFileWatcher } from '@main/adapters/node/chokidar-file-watcher.ts'
import { ParcelFileWatcher } from '@main/adapters/node/parcel-file-watcher.ts'
import { SizedFileWatcher } from '@main/adapters/node/sized-file-watcher.ts'
import { describeWatchFailure } from '@main/adapters/node/watch-failure.ts'
import type { FileWatcher, WatchSession } from '@main/ports/file-watcher.ts'
import { describeFileWatcher } from '@test/suites/file-watcher.ts'

describeFileWatcher('chokidar', () => new ChokidarFileWatcher())
describeFileWatcher('chokidar, polling', () => new ChokidarFileWatcher(), { polling: { intervalMs: 100 } })
describeFileWatcher('@parcel/watcher', () => new ParcelFileWatcher())

describe('what a watcher’s error means', () => {
  it.each([
    [
      Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), {
        code: 'ENOSPC',
      }),
      'limit',
    ],
    [new Error("inotify_add_watch on '/x' failed: No space left on device"), 'limit'],
    [Object.assign(new Error('EMFILE: too many open files, watch'), { code: 'EMFILE' }), 'limit'],
    [Object.assign(new Error('gone'), { code: 'ENOENT' }), 'gone'],
    [new Error('something else'), 'other'],
  ])('%s', (error, reason) =>
    expect(describeWatchFailure(error, '/x')).toMatchObject({ kind: 'failed', reason }),
  )

  it('names the setting that lifts the limit', () => {
    const setting = (code: string) => describeWatchFailure(Object.assign(new Error(code), { code }), '/x')
    expect(setting('ENOSPC')).toMatchObject({
      setting: expect.stringMatching(/^fs\.inotify\.max_user_watches=/),
    })
    expect(setting('EMFILE')).toMatchObject({
      setting: expect.stringMatching(/^fs\.inotify\.max_user_instances=/),
    })
  })

  it('takes dropped events for an overflow', () =>
    expect(describeWatchFailure(new Error('Events were dropped by the FSEvents client.'), '/x')).toEqual({
      kind: 'overflow',
    }))
})

describe('the choice of a watcher', () => {
  const named = (name: string, used: string[]): FileWatcher => ({
    watch: () => {
      used.push(name)
      return { ready: Promise.resolve(), close: async () => {} } satisfies WatchSession
    },
  })
  it.each([
    [{ fileCount: 19_999 }, 'small'],
    [{ fileCount: 20_000 }, 'large'],
    [{}, 'small'],
    [{ fileCount: 100_000, polling: { intervalMs: 1000 } }, 'small'],
  ])('for %j is the %s one', (options, expected) => {
    const used: string[] = []
    new SizedFileWatcher(named('small', used), named('large', used)).watch(
      '/x',
      { ignore: () => false, ...options },
      () => {},
    )
    expect(used).toEqual([expected])
  })
})
