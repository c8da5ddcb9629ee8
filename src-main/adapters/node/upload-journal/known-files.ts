import type { SQLInputValue } from 'node:sqlite'
import type { AssetId, UploadId } from '@contract/ids.ts'
import type { ClipTarget, FieldValues } from '../../../core/clip.ts'
import type { KnownRows, ProvenFile } from '../../../ports/upload-journal.ts'
import type { KnownFile, KnownSize } from '../../../ports/upload-intake.ts'
import type { JournalTables, Row } from './journal-tables.ts'

/** What intake asks of uploads that were: by path, size and content. */
export function knownFiles(tables: JournalTables): KnownRows {
  return {
    filesAtPath(accountId: string, path: string): KnownFile[] {
      return known(tables, 'f.account_id = ? AND f.path = ?', [accountId, path])
    },

    filesAtPaths(accountId: string, paths: readonly string[]): KnownFile[] {
      return tables
        .all(
          `SELECT ${KNOWN_COLUMNS}
             FROM json_each(?) wanted CROSS JOIN upload_files f ON f.account_id = ? AND f.path = wanted.value
             JOIN uploads u ON u.seq = f.upload_seq
            WHERE u.step <> 'cancelled' ORDER BY f.upload_seq DESC`,
          JSON.stringify(paths),
          accountId,
        )
        .map(toKnownFile)
    },

    isSizeRead(accountId: string, sizeBytes: number): boolean {
      const query =
        'SELECT 1 FROM upload_files WHERE account_id = ? AND size_bytes = ? AND xxh128 IS NOT NULL LIMIT 1'
      return tables.all(query, accountId, sizeBytes).length > 0
    },

    knownSizes(accountId: string, sizesBytes: readonly number[]): KnownSize[] {
      const has = (xxh128: string) =>
        `EXISTS (SELECT 1 FROM upload_files WHERE account_id = ?1 AND size_bytes = wanted.value AND xxh128 ${xxh128})`
      return tables
        .all(
          `SELECT wanted.value AS size_bytes, ${has('IS NOT NULL')} AS is_read, ${has('IS NULL')} AS is_unread
             FROM json_each(?2) wanted`,
          accountId,
          JSON.stringify(sizesBytes),
        )
        .map((row) => ({
          sizeBytes: Number(row['size_bytes']),
          isRead: row['is_read'] === 1,
          isUnread: row['is_unread'] === 1,
        }))
        .filter(({ isRead, isUnread }) => isRead || isUnread)
    },

    unreadOfSize(accountId: string, sizeBytes: number): KnownFile | null {
      const isUnread = `f.account_id = ? AND f.size_bytes = ? AND f.xxh128 IS NULL AND u.step NOT IN ('verified', 'unproven', 'failed')`
      return known(tables, isUnread, [accountId, sizeBytes], 1)[0] ?? null
    },

    filesWithXxh128(accountId: string, xxh128: string, sizeBytes: number): KnownFile[] {
      return known(tables, 'f.account_id = ? AND f.size_bytes = ? AND f.xxh128 = ?', [
        accountId,
        sizeBytes,
        xxh128,
      ])
    },

    filesStartingWith(accountId: string, pathPrefix: string): KnownFile[] {
      const end = `${pathPrefix}\u{10ffff}`
      return known(
        tables,
        'f.account_id = ? AND f.path >= ? AND f.path < ?',
        [accountId, pathPrefix, end],
        20,
      )
    },

    provenFiles(accountId: string, assetId: AssetId): ProvenFile[] {
      return tables
        .all(
          `SELECT f.file_id, f.evidence FROM uploads u JOIN upload_files f ON f.upload_seq = u.seq
           WHERE u.asset_id = ? AND u.account_id = ? AND u.step = 'verified' AND f.proven = 1 AND f.file_id IS NOT NULL`,
          assetId,
          accountId,
        )
        .map((row) => ({ fileId: String(row['file_id']), evidence: String(row['evidence']) }))
    },

    provenAssets(accountId: string, ids: readonly AssetId[]): AssetId[] {
      if (ids.length === 0) return []
      return tables
        .all(
          `SELECT value AS id FROM json_each(?) WHERE (
             SELECT step FROM uploads WHERE asset_id = value AND account_id = ? AND step <> 'cancelled'
             ORDER BY seq DESC LIMIT 1
           ) = 'verified'`,
          JSON.stringify(ids),
          accountId,
        )
        .map((row) => String(row['id']) as AssetId)
    },

    valuesSent(id: UploadId): FieldValues {
      const upload = tables.upload(id)
      if (!upload) return {}
      if (upload.assetId === null) return upload.target.metadata
      const rows = tables.all(
        `SELECT target_json FROM uploads WHERE asset_id = ? AND account_id = ? AND step <> 'cancelled' ORDER BY seq`,
        upload.assetId,
        upload.accountId,
      )
      const values: FieldValues = {}
      for (const row of rows)
        Object.assign(
          values,
          (JSON.parse(String(row['target_json'])) as Pick<ClipTarget, 'metadata'>).metadata,
        )
      return values
    },
  }
}

const KNOWN_COLUMNS =
  'u.id, u.asset_id, u.title, u.step, u.file_count, f.path, f.size_bytes, f.mtime_ms, f.inode, f.xxh128'

function known(tables: JournalTables, where: string, values: SQLInputValue[], most = 200): KnownFile[] {
  return tables
    .all(
      `SELECT ${KNOWN_COLUMNS}
     FROM upload_files f JOIN uploads u ON u.seq = f.upload_seq WHERE ${where} AND u.step <> 'cancelled'
     ORDER BY f.upload_seq DESC LIMIT ${most}`,
      ...values,
    )
    .map(toKnownFile)
}

function toKnownFile(row: Row): KnownFile {
  return {
    uploadId: row['id'] as UploadId,
    assetId: row['asset_id'] as KnownFile['assetId'],
    title: String(row['title']),
    path: String(row['path']),
    sizeBytes: Number(row['size_bytes']),
    mtimeMs: Number(row['mtime_ms']),
    inode: String(row['inode']),
    xxh128: row['xxh128'] as string | null,
    state: knownState(String(row['step'])),
    fileCount: Number(row['file_count']),
  }
}

function knownState(step: string): KnownFile['state'] {
  switch (step) {
    case 'verified':
      return 'done'
    case 'unproven':
    case 'failed':
    case 'cancelled':
      return step
    default:
      return 'active'
  }
}
