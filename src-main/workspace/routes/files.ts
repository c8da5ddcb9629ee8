import path from 'node:path'
import { z } from 'zod'
import { ApiError, badRequest } from '../errors.ts'
import { created, flag, noContent, ok, operation, update, type Call } from '../http/operation.ts'
import { keysetEnvelope, keysetOf } from '../http/paging.ts'
import type { FileRow } from '../store/tables.ts'
import { newId as newFileId } from '../ids.ts'
import { requireAsset, versionAsked } from './assets.ts'
import { checkStored, markOnline, sunkSize } from './closing.ts'
import { requireFile } from './file-lookup.ts'
import { addHistory } from './history.ts'
import { byteStates, dateText, uuidText, wholeNumber } from './schemas.ts'
import { requestPreviews } from './previews.ts'
import { fileView, ofReadableAssets, readUrl } from './views/file-view.ts'

const FileInput = z.object({
  original_name: z.string().min(1).max(1024),
  directory_path: z.string().max(8192),
  type: z.enum(['FILE', 'DIRECTORY', 'SYMLINK', 'SEQUENCE']),
  file_set_id: uuidText,
  format_id: uuidText.optional(),
  storage_id: uuidText.optional(),
  version_id: uuidText.optional(),
  name: z.string().min(1).max(1024).optional(),
  size: wholeNumber.nullish(),
  status: z.enum(byteStates).optional(),
  checksum: z.string().max(256).nullish(),
  file_date_created: dateText.nullish(),
  file_date_modified: dateText.nullish(),
  content_type: z.string().nullish(),
  template: z.string().nullish(),
  template_engine: z.enum(['SIMPLE', 'JINJA2']).nullish(),
  parent_id: uuidText.nullish(),
  user_id: uuidText.nullish(),
})
type FileValues = z.infer<typeof FileInput>

/** A path below a storage: no way up, no absolute start. ApiError 400 where it tries. */
export function cleanPath(text: string, field: string): string {
  const parts = text
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
  if (parts.includes('..') || text.includes('\0'))
    throw badRequest({ [field]: 'The path must stay below the storage' })
  return parts.join('/')
}

/** A backslash parts folders on Windows alone; elsewhere it is a letter as any other, and files may have it in their names. */
const NO_NAME = path.sep === '\\' ? /[/\\\0]|^\.\.?$/ : /[/\0]|^\.\.?$/

/** Adds a file's row to a file set and gives it a place on the storage. */
export function insertFile(
  call: Call<unknown>,
  assetId: string,
  values: Omit<FileValues, 'type'> & { type?: FileValues['type'] },
  id: string,
): FileRow {
  const { tables } = call.core
  const set = tables.fileSets.get(values.file_set_id)
  if (!set || set.asset_id !== assetId) throw badRequest({ file_set_id: 'The asset has no such file set' })
  const storage = tables.storages.get(values.storage_id ?? set.storage_id)
  if (!storage) throw badRequest({ storage_id: 'The storage does not exist' })
  if (values.size !== undefined && values.size !== null && values.size < 0)
    throw badRequest({ size: 'Must not be negative' })
  const directory = cleanPath(values.directory_path, 'directory_path')
  const name = values.name ?? `${id}_${values.original_name}`
  if (NO_NAME.test(name)) throw badRequest({ name: 'A file name must not contain a slash' })
  const file = tables.files.insert({
    checksum: null,
    status: 'OPEN',
    parent_id: null,
    user_id: call.account.user.id,
    ...values,
    type: values.type ?? 'FILE',
    id,
    name,
    directory_path: directory,
    asset_id: assetId,
    format_id: values.format_id ?? set.format_id,
    storage_id: storage.id,
    storage_method: storage.method,
    version_id: values.version_id ?? set.version_id,
    size: values.size ?? null,
    // The id keeps two files of one name and folder apart; on a mounted folder the path is what people see.
    _key:
      storage.method === 'FILE'
        ? [directory, name].filter(Boolean).join('/')
        : [directory, id, name].filter(Boolean).join('/'),
  } as unknown as FileRow)
  if (file.status === 'CLOSED') markOnline(call.core, file)
  call.core.search.touch('assets', assetId)
  return file
}

const uploadFields = (call: Call<unknown>, file: FileRow) =>
  file.type === 'DIRECTORY' || file.status === 'CLOSED' ? {} : call.core.urls.upload(call.origin, file)

async function roomLeft(call: Call<FileValues>): Promise<number> {
  return call.body.size ? call.core.bytes.freeBytes() : Number.POSITIVE_INFINITY
}

function createFile(call: Call<FileValues>) {
  const asset = requireAsset(call, 'write')
  if ((call.body.size ?? 0) > (call.prepared as number))
    throw new ApiError(507, `The disk of the workspace has no room for ${call.body.size} bytes`)
  const file = insertFile(call, asset.id, call.body, newFileId())
  return created({ ...fileView(call, file), ...uploadFields(call, file) })
}

type FileUpdate = Partial<FileValues>

function changeFile(call: Call<FileUpdate>) {
  requireAsset(call, 'write')
  const file = requireFile(call)
  const { body } = call
  const values: Partial<FileRow> = { ...(body as Partial<FileRow>) }
  if (body.directory_path !== undefined)
    values.directory_path = cleanPath(body.directory_path, 'directory_path')
  const closing = body.status === 'CLOSED' && file.status !== 'CLOSED'
  if (closing) {
    const sizeBytes = checkStored(
      call.core,
      { ...file, ...values } as FileRow,
      call.prepared as number | undefined,
    )
    if (file.size === null || file.size === undefined) values.size ??= sizeBytes ?? null
    // With a byte sink nobody else ends the session: its bytes never came through here.
    const { sinkUrl, uploads } = call.core.urls.side
    if (sinkUrl !== undefined)
      for (const upload of uploads.of(file.storage_id, file._key)) uploads.end(upload.id)
  }
  const changed = call.core.tables.files.update(file.id, values)
  if (closing) {
    markOnline(call.core, changed)
    if (call.core.assumptions.autoPreviewOnClose) requestPreviews(call, changed)
  }
  call.core.search.touch('assets', file.asset_id)
  return ok(fileView(call, changed))
}

function listFiles(call: Call<unknown>, signedByDefault: boolean) {
  const asset = requireAsset(call)
  const paging = keysetOf(call)
  const where: Record<string, string> = { asset_id: asset.id }
  if (call.params['version_id']) where['version_id'] = versionAsked(call, asset)
  const signed = flag(call.query, 'generate_signed_url', signedByDefault)
  const rows = call.core.tables.files.list({
    where,
    limit: paging.perPage + 1,
    ...(paging.lastId !== undefined && { afterId: paging.lastId }),
  })
  return ok(
    keysetEnvelope(call, paging, call.core.tables.files.count({ where }), rows, (file) => ({
      ...fileView(call, file),
      ...(signed && { url: readUrl(call, file) }),
    })),
  )
}

function getFile(call: Call<unknown>) {
  requireAsset(call)
  const file = requireFile(call)
  return ok({
    ...fileView(call, file),
    url: readUrl(call, file),
    ...(flag(call.query, 'generate_signed_post_url', false) && uploadFields(call, file)),
  })
}

function byChecksum(call: Call<unknown>) {
  const paging = keysetOf(call)
  const where = { checksum: call.params['checksum'] ?? '' }
  const condition = ofReadableAssets(call)
  const selection = { where, ...(condition && { condition }) }
  const { files } = call.core.tables
  const rows = files.list({
    ...selection,
    limit: paging.perPage + 1,
    ...(paging.lastId !== undefined && { afterId: paging.lastId }),
  })
  return ok(keysetEnvelope(call, paging, files.count(selection), rows, (file) => fileView(call, file)))
}

const base = '/v1/assets/{asset_id}/files/'
const one = `${base}{file_id}/`

export const fileOperations = [
  operation('files', 'GET', base, 'can_read_files', (call) => listFiles(call, false)),
  operation('files', 'GET', '/v1/assets/{asset_id}/versions/{version_id}/files/', 'can_read_files', (call) =>
    listFiles(call, true),
  ),
  operation('files', 'POST', base, 'can_write_files', createFile, { schema: FileInput, prepare: roomLeft }),
  operation('files', 'GET', one, 'can_read_files', getFile),
  ...update('files', one, 'can_write_files', changeFile, { schema: FileInput.partial(), prepare: sunkSize }),
  operation('files', 'DELETE', one, 'can_delete_files', (call) => {
    requireAsset(call, 'write')
    const file = requireFile(call)
    addHistory(call, file.asset_id, {
      operation_type: 'DELETE_FILE',
      operation_description: `Deleted file ${file.original_name}`,
    })
    // Only the row goes, as with iconik; the bytes stay on the storage until their file set is deleted.
    call.core.tables.files.remove(file.id)
    call.core.search.touch('assets', file.asset_id)
    return noContent()
  }),
  operation('files', 'GET', `${one}download_url/`, 'can_read_files', (call) => {
    requireAsset(call)
    const file = requireFile(call)
    const url = readUrl(call, file, 'attachment')
    if (url === undefined)
      throw badRequest(`File ${file.id} is ${file.status}; only a CLOSED file can be downloaded`)
    return ok({ url })
  }),
  operation('files', 'GET', '/v1/files/checksum/{checksum}/', 'can_read_files', byChecksum),
]
