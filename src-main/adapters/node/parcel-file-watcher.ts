import parcel from '@parcel/watcher'
import type { FileWatcher, WatchHint, WatchSession } from '../../ports/file-watcher.ts'
import { describeWatchFailure } from './watch-failure.ts'

/**
 * Watches a tree with the system's recursive watcher (inotify, FSEvents, ReadDirectoryChanges): memory does not grow with the number of files,
 * events come some 100 ms later. It cannot poll.
 */
export class ParcelFileWatcher implements FileWatcher {
  watch(
    root: string,
    options: { ignore: (path: string) => boolean },
    onHint: (hint: WatchHint) => void,
  ): WatchSession {
    let isClosed = false
    const tell = (hint: WatchHint) => {
      if (!isClosed) onHint(hint)
    }
    const subscription = parcel
      .subscribe(root, (error, events) => {
        if (error) return tell(describeWatchFailure(error, root))
        for (const { path, type } of events) {
          if (path === root && type === 'delete')
            tell({ kind: 'failed', reason: 'gone', message: `${root} is not there any more.` })
          else if (!options.ignore(path)) tell({ kind: type === 'delete' ? 'removed' : 'changed', path })
        }
      })
      .catch((error: unknown) => {
        tell(describeWatchFailure(error, root))
        return null
      })
    return {
      ready: subscription.then(() => undefined),
      close: async () => {
        isClosed = true
        // The native side may have given the root up already.
        await (await subscription)?.unsubscribe().catch(() => undefined)
      },
    }
  }
}
