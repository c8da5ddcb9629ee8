export type WatchHint =
  /** Something at or below this path changed: look there. */
  | { kind: 'changed'; path: string }
  | { kind: 'removed'; path: string }
  /** Events were lost: look everywhere. */
  | { kind: 'overflow' }
  /** The watcher cannot go on as it was asked; `limit` means the system's number of watches is used up. */
  | { kind: 'failed'; reason: 'gone' | 'other'; message: string }
  /** `setting` is the one of the system that lifts the limit, where it is known. */
  | { kind: 'failed'; reason: 'limit'; message: string; setting: string }

export interface WatchSession {
  /** Resolves when events are being delivered. */
  ready: Promise<void>
  /** Whether another watcher fits better now that there are so many files below the root. */
  isOutgrown?: (fileCount: number) => boolean
  close(): Promise<void>
}

/** Tells that something changed. Events are hints: a scan is the truth. */
export interface FileWatcher {
  watch(
    root: string,
    options: {
      polling?: { intervalMs: number }
      ignore: (path: string) => boolean
      /** How many files are expected below the root, so that a fitting watcher can be chosen; unknown when absent. */
      fileCount?: number
    },
    onHint: (hint: WatchHint) => void,
  ): WatchSession
}
