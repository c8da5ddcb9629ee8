import { present, type Call } from '../../http/operation.ts'
import type { SqlValue } from '../../store/database.ts'
import type { FileRow, Stowed } from '../../store/tables.ts'

/** A condition for lists of files: only those of no asset, or of one that the caller may read. */
export function ofReadableAssets(call: Call<unknown>): { sql: string; values: SqlValue[] } | undefined {
  const readable = call.core.access.readable(call.account, 'assets', 'd.asset_id')
  return readable && { ...readable, sql: `(d.asset_id IS NULL OR ${readable.sql})` }
}

/** A file's row without addresses. */
export function fileView(call: Call<unknown>, file: FileRow): Record<string, unknown> {
  return {
    ...present(file),
    system_domain_id: call.core.accounts.identity.systemDomainId,
    file_set_status: file.file_set_id
      ? (call.core.tables.fileSets.get(file.file_set_id)?.status ?? null)
      : null,
    format_status: file.format_id ? (call.core.tables.formats.get(file.format_id)?.status ?? null) : null,
  }
}

/** The address to read stored bytes from; none until the row is CLOSED. */
export function readUrl(
  call: Call<unknown>,
  row: Stowed,
  fallbackDisposition?: 'inline' | 'attachment',
): string | undefined {
  if (row.status !== 'CLOSED') return undefined
  const asked = call.query.get('content_disposition')
  const type = asked === 'inline' || asked === 'attachment' ? asked : fallbackDisposition
  const name = String(row['original_name'] ?? row['filename'] ?? row['name'] ?? row.id)
  return call.core.urls.download(call.origin, row, type && { type, name })
}
