import { SqliteWatchJournal } from '@main/adapters/node/sqlite-watch-journal.ts'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import type { FileWatcher, WatchHint } from '@main/ports/file-watcher.ts'
import { WatchFolders } from '@main/services/watch/watch-folders.ts'
import { intakeWorld } from './intake-world.ts'

/** A watcher that tells what the test says, and nothing else. */
export class TellingWatcher implements FileWatcher {
  readonly sessions: { root: string; tell: (hint: WatchHint) => void; isOpen: boolean; fileCount: number }[] =
    []
  /** Told to each session as it opens. */
  atOpening: WatchHint | null = null
  /** What closing a session waits for, as on a share that hangs. */
  closing: Promise<void> = Promise.resolve()
  /** From so many files on a session says that another watcher fits better. */
  outgrownFrom = Infinity

  watch(root: string, options: { fileCount?: number }, onHint: (hint: WatchHint) => void) {
    const session = { root, tell: onHint, isOpen: true, fileCount: options.fileCount ?? 0 }
    this.sessions.push(session)
    if (this.atOpening) onHint(this.atOpening)
    return {
      ready: Promise.resolve(),
      isOutgrown: (count: number) => session.fileCount < this.outgrownFrom && count >= this.outgrownFrom,
      close: async () => {
        await this.closing
        session.isOpen = false
      },
    }
  }

  tell(hint: WatchHint): void {
    for (const session of this.sessions) if (session.isOpen) session.tell(hint)
  }
}

/** Watch folders over memory and a database in memory; a restart keeps both. */
export function watchWorld(db = openDatabase(':memory:')) {
  const world = intakeWorld()
  const watcher = new TellingWatcher()
  const account = { id: 'account-1' }
  const build = () => {
    const journal = new SqliteWatchJournal(db)
    const folders = new WatchFolders(
      { ...world, watcher, journal, intake: world.queue, api: () => null },
      () => account.id,
    )
    return { journal, folders }
  }
  return { ...world, watcher, account, build }
}
