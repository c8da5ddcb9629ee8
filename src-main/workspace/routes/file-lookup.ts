import { notFound } from '../errors.ts'
import type { Call } from '../http/operation.ts'
import type { FileRow } from '../store/tables.ts'

/** The file of the path, or ApiError 404. */
export function requireFile(call: Call<unknown>): FileRow {
  const file = call.core.tables.files.require(call.params['file_id'] ?? '')
  if (file.asset_id !== call.params['asset_id']) throw notFound('File', file.id)
  return file
}
