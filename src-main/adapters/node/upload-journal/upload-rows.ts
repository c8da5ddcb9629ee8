import type { UploadRows } from '../../../ports/upload-journal.ts'
import type { EndTogether } from './end-together.ts'
import type { JournalTables } from './journal-tables.ts'

/** One upload while it runs. */
export function uploadRows(tables: JournalTables, ends: EndTogether): UploadRows {
  return {
    get: (id) => tables.upload(id),
    files: (id) => tables.files(id),

    update(id, changes, options) {
      tables.transaction(() => tables.writeUpload(tables.derivedOf(id), changes), options)
    },

    updateFile(id, index, changes) {
      tables.transaction(() => tables.writeFile(id, index, changes))
    },

    updateBoth(id, upload, index, file) {
      tables.transaction(() => {
        tables.writeFile(id, index, file)
        tables.writeUpload(tables.derivedOf(id), upload)
      })
    },

    settle: (id, upload, files) =>
      ends.add(() => {
        for (const { index, changes } of files) tables.writeFile(id, index, changes)
        tables.writeUpload(tables.derivedOf(id), upload)
      }),

    saveProgress(rows) {
      if (rows.length === 0) return
      tables.transaction(() => {
        const revision = tables.nextRevision()
        for (const row of rows)
          tables.run(
            'UPDATE uploads SET sent_bytes = ?, revision = ? WHERE id = ?',
            row.sentBytes,
            revision,
            row.id,
          )
      })
    },

    resetFiles(id) {
      tables.run(
        `UPDATE upload_files SET step = 'planned', file_id = NULL, checkpoint_json = NULL, sent_bytes = 0, md5 = NULL, sha1 = NULL,
           crc32c = NULL, xxh128 = NULL, proven = 0, evidence = '', closed_ms = NULL
         WHERE upload_seq = (SELECT seq FROM uploads WHERE id = ?)`,
        id,
      )
    },
  }
}
