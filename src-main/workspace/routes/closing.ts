import { ApiError, badRequest } from '../errors.ts'
import type { Core } from '../core.ts'
import type { Call } from '../http/operation.ts'
import type { FileRow, Stowed } from '../store/tables.ts'

/**
 * With a byte sink the bytes are on another server: its answer to HEAD stands for them. Undefined where there is no sink
 * or nothing is being closed.
 */
export async function sunkSize(call: Call<{ status?: string | undefined }>): Promise<number | undefined> {
  const { sinkUrl } = call.core.urls.side
  if (sinkUrl === undefined || call.body.status !== 'CLOSED') return undefined
  const row = call.core.tables.files.get(call.params['file_id'] ?? '')
  if (!row) return undefined
  const address =
    row.storage_method === 'GCS'
      ? call.core.urls.side.uploads
          .of(row.storage_id, row._key)
          .map((upload) => `${sinkUrl}/${encodeURIComponent(upload.id)}`)[0]
      : call.core.urls.upload(call.origin, row).upload_url
  if (address === undefined) return undefined
  const answer = await fetch(address, { method: 'HEAD' }).catch((error: unknown) => {
    throw new ApiError(400, `The byte sink did not answer for ${row.original_name}: ${String(error)}`)
  })
  return answer.ok ? Number(answer.headers.get('content-length')) : -1
}

/** Refuses to close a row whose bytes are not there or have another length. Gives the length that is there. */
export function checkStored(core: Core, row: Stowed, sunkBytes: number | undefined): number | undefined {
  if (!core.assumptions.strictClose || row['type'] === 'DIRECTORY' || row['type'] === 'SEQUENCE')
    return row.size ?? undefined
  const object = core.bytes.get(row.storage_id, row._key)
  const there = sunkBytes ?? object?.sizeBytes
  // On a mounted folder the bytes may lie there without ever having passed through here.
  if (there === undefined && row.storage_method === 'FILE') return row.size ?? undefined
  if (there === undefined || there < 0)
    throw badRequest({ status: `No bytes have arrived for ${String(row['original_name'] ?? row.id)}` })
  if (row.size !== undefined && row.size !== null && row.size !== there)
    throw badRequest({ status: `${there} bytes have arrived; size says ${row.size}` })
  return there
}

/** A closed file brings its format, version and asset online. */
export function markOnline(core: Core, file: FileRow): void {
  if (!core.assumptions.onlineAfterClose) return
  const format = core.tables.formats.get(file.format_id)
  if (format && !format.is_online) core.tables.formats.update(format.id, { is_online: true })
  const asset = core.tables.assets.get(file.asset_id)
  if (!asset) return
  const version = asset.versions.find((row) => row.id === file.version_id)
  if (asset.is_online && version?.is_online) return
  core.tables.assets.update(asset.id, {
    is_online: true,
    versions: asset.versions.map((row) => (row.id === file.version_id ? { ...row, is_online: true } : row)),
  })
}
