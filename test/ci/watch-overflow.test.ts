// A file of its own, and so a process of its own: a process keeps the queue that it first got.
import { readFileSync, writeFileSync } from 'node:fs'
import { ChokidarFileWatcher } from '@main/adapters/node/chokidar-file-watcher.ts'
import { ParcelFileWatcher } from '@main/adapters/node/parcel-file-watcher.ts'
import type { FileWatcher } from '@main/ports/file-watcher.ts'
import { FILES, describeWatchBurst } from '@test/suites/watch-burst.ts'

const KERNEL_QUEUE = '/proc/sys/fs/inotify/max_queued_events'
const EVENTS_KEPT = '8'

/** Opens a watcher while the kernel keeps so few events for it that a burst overflows them, and counts what it tells. */
function overflowing(watcher: FileWatcher): { watcher: FileWatcher; told: () => number } {
  let told = 0
  return {
    told: () => told,
    watcher: {
      watch(root, options, onHint) {
        const before = readFileSync(KERNEL_QUEUE, 'utf8')
        writeFileSync(KERNEL_QUEUE, EVENTS_KEPT)
        const session = watcher.watch(root, options, (hint) => {
          told++
          onHint(hint)
        })
        return { ...session, ready: session.ready.finally(() => writeFileSync(KERNEL_QUEUE, before)) }
      },
    },
  }
}

function maySetKernelQueue(): boolean {
  try {
    writeFileSync(KERNEL_QUEUE, readFileSync(KERNEL_QUEUE))
    return true
  } catch {
    return false
  }
}

const isSettable = maySetKernelQueue()
if (!isSettable) console.log(`${KERNEL_QUEUE} may not be set here: the bursts have the kernel's own queue.`)

for (const [name, watcher] of [
  ['chokidar', new ChokidarFileWatcher()],
  ['@parcel/watcher', new ParcelFileWatcher()],
] as const) {
  const small = overflowing(watcher)
  describeWatchBurst(
    `${name} with a kernel queue of ${EVENTS_KEPT} events`,
    () => (isSettable ? small.watcher : watcher),
    () => {
      console.log(`${name} told ${small.told()} of ${FILES}`)
      // Else nothing was dropped, and the test has shown nothing.
      if (isSettable && small.told() >= FILES) throw new Error(`The kernel dropped no event for ${name}.`)
    },
  )
}
