import type { DatabaseSync } from 'node:sqlite'
import type { UploadJournal } from '../../../ports/upload-journal.ts'
import { askedRows } from './asked-rows.ts'
import { batchRows } from './batch-rows.ts'
import { planRows } from './commit-plan.ts'
import { EndTogether } from './end-together.ts'
import { JournalTables } from './journal-tables.ts'
import { knownFiles } from './known-files.ts'
import { listRows } from './list-rows.ts'
import { madeRows } from './made-rows.ts'
import { runnerRows } from './runner-rows.ts'
import { uploadRows } from './upload-rows.ts'

/** The upload journal in a SQLite file that app and command line may share. */
export function createUploadJournal(db: DatabaseSync): UploadJournal {
  const tables = new JournalTables(db)
  const ends = new EndTogether(tables)
  return {
    ...planRows(tables),
    ...runnerRows(tables),
    ...uploadRows(tables, ends),
    ...askedRows(tables),
    ...listRows(tables),
    ...batchRows(tables),
    ...madeRows(tables),
    ...knownFiles(tables),
    close() {
      ends.writeAll()
      tables.close()
    },
  }
}
