import { ChokidarFileWatcher } from '@main/adapters/node/chokidar-file-watcher.ts'
import { ParcelFileWatcher } from '@main/adapters/node/parcel-file-watcher.ts'
import type { FileWatcher } from '@main/ports/file-watcher.ts'
import { describeWatchBurst } from '@test/suites/watch-burst.ts'

/** Tells only some of what another watcher tells. Seeded, so that a failure comes again. */
function forgetful(watcher: FileWatcher, kept: (n: number) => boolean): FileWatcher {
  let told = 0
  return {
    watch: (root, options, onHint) =>
      watcher.watch(root, options, (hint) => {
        if (hint.kind === 'failed' || kept(told++)) onHint(hint)
      }),
  }
}

/** A number from 0 to 1 for each n, always the same. */
function noise(n: number): number {
  const x = Math.sin(n * 12.9898 + 78.233) * 43758.5453
  return x - Math.floor(x)
}

describeWatchBurst('chokidar', () => new ChokidarFileWatcher())
describeWatchBurst('@parcel/watcher', () => new ParcelFileWatcher())
describeWatchBurst('a third of the events', () => forgetful(new ParcelFileWatcher(), (n) => noise(n) < 0.33))
describeWatchBurst('no events at all', () => forgetful(new ChokidarFileWatcher(), () => false))
