import { SqliteWatchJournal } from '@main/adapters/node/sqlite-watch-journal.ts'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import type { FileWatcher, WatchHint } from '@main/ports/file-watcher.ts'
import { WatchFolders } from '@main/services/watch/watch-folders.ts'
import { intakeWorld } from './intake-world.ts'

/** A watcher that tells what the test says, and nothing else. */
export class TellingWatcher implements FileWatcher {
  readonly sessions: { root: string; tell: (hint: WatchHint) => void; isOpen: boolean }[] = []

  watch(root: string, _options: unknown, onHint: (hint: WatchHint) => void) {
    const session = { root, tell: onHint, isOpen: true }
    this.sessions.push(session)
    return {
      ready: Promise.resolve(),
      close: async () => {
        session.isOpen = false
      },
    }
  }

  tell(hint: WatchHint): void {
    for (const session of this.sessions) if (session.isOpen) session.tell(hint)
  }
}

/** Watch folders over memory and a database in memory; a restart keeps both. */
export function watchWorld() {
  const world = intakeWorld()
  const db = openDatabase(':memory:')
  const watcher = new TellingWatcher()
  const build = () => {
    const journal = new SqliteWatchJournal(db)
    const folders = new WatchFolders(
      { ...world, watcher, journal, intake: world.queue, api: () => null },
      () => 'account-1',
    )
    return { journal, folders }
  }
  return { ...world, watcher, build }
}
