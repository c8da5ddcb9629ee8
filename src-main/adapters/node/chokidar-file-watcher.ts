import { watch } from 'chokidar'
import type { FileWatcher, WatchHint, WatchSession } from '../../ports/file-watcher.ts'
import { describeWatchFailure } from './watch-failure.ts'

/**
 * Watches with chokidar: quick events for trees of ordinary size, and polling for shares that send none. It keeps some
 * kilobytes for each file, so that very large trees are better off with the recursive watcher.
 */
export class ChokidarFileWatcher implements FileWatcher {
  watch(
    root: string,
    options: { polling?: { intervalMs: number }; ignore: (path: string) => boolean },
    onHint: (hint: WatchHint) => void,
  ): WatchSession {
    const watcher = watch(root, {
      ignoreInitial: true,
      followSymlinks: false,
      // Our settle rule decides: chokidar's own waits for size alone.
      awaitWriteFinish: false,
      atomic: false,
      ignored: (path) => path !== root && options.ignore(path),
      ...(options.polling
        ? { backend: 'polling' as const, pollingInterval: options.polling.intervalMs }
        : {}),
    })
    let isClosed = false
    const tell = (hint: WatchHint) => {
      if (!isClosed) onHint(hint)
    }
    watcher.on('all', (event, path) => {
      if (event !== 'unlink' && event !== 'unlinkDir') tell({ kind: 'changed', path })
      else if (path === root)
        tell({ kind: 'failed', reason: 'gone', message: `${root} is not there any more.` })
      else tell({ kind: 'removed', path })
    })
    const ready = new Promise<void>((resolve) => {
      watcher.on('ready', resolve)
      watcher.on('error', (error) => {
        tell(describeWatchFailure(error, root))
        resolve()
      })
    })
    return {
      ready,
      close: async () => {
        isClosed = true
        await watcher.close()
      },
    }
  }
}
