import type { Readable } from 'node:stream'
import busboy from 'busboy'
import { ApiError, badRequest } from '../errors.ts'
import { newId } from '../ids.ts'
import { ok, operation, type Call, type Reply } from '../http/operation.ts'
import { contentTypeOf } from '../media/media-type.ts'
import type { Received } from '../storage/byte-store.ts'
import type { ChecksumName } from '../storage/checksums.ts'
import type { FileRow, Storage } from '../store/tables.ts'
import { applyDefaultAcls } from './access-rules.ts'
import { insertAsset, requireAsset } from './assets.ts'
import { markOnline } from './closing.ts'
import { insertFile } from './files.ts'
import { insertFileSet } from './file-sets.ts'
import { insertFormat } from './formats.ts'
import { requestPreviews } from './previews.ts'
import { fileView } from './views/file-view.ts'

/** Larger files have to go the long way. */
export const oneShotLimitBytes = 100 * 1024 * 1024

interface Form {
  fields: Record<string, string>
  file: (Received & { name: string; contentType: string }) | undefined
}

/** The sum by which each provider proves what it stored. */
const sumOf: Record<string, ChecksumName[]> = {
  S3: ['md5'],
  GCS: ['crc32c', 'md5'],
  AZURE: ['md5'],
  B2: ['sha1'],
  FILE: ['md5'],
}
const everySum: ChecksumName[] = ['md5', 'sha1', 'crc32c']

function formParser(call: Call<unknown>): busboy.Busboy {
  try {
    const limits = { files: 1, fields: 50, fieldSize: 65_536, fileSize: oneShotLimitBytes + 1, parts: 60 }
    return busboy({ headers: call.request.headers, limits, defParamCharset: 'utf8' })
  } catch (error) {
    throw malformed(error)
  }
}

const malformed = (error: unknown) =>
  badRequest(`The form is malformed: ${error instanceof Error ? error.message : String(error)}`)

async function storeFile(
  call: Call<unknown>,
  stream: Readable & { truncated?: boolean },
  info: busboy.FileInfo,
): Promise<Form['file']> {
  const received = await call.core.bytes.receive(stream, everySum)
  if (!stream.truncated) return { ...received, name: info.filename ?? '', contentType: info.mimeType }
  call.core.bytes.discard([received.segment])
  throw new ApiError(413, `Files over ${oneShotLimitBytes} bytes cannot be sent in one call`)
}

/** Reads the multipart form; the file goes straight to disk. ApiError 400 where the form is malformed, 413 where it is too large. */
async function readForm(call: Call<unknown>): Promise<Form> {
  const parser = formParser(call)
  const fields: Record<string, string> = {}
  const storing: Promise<Form['file']>[] = []
  parser.on('field', (name, value) => {
    fields[name] = value
  })
  parser.on('file', (_name, stream, info) => {
    const stored = storeFile(call, stream, info)
    stored.catch(() => undefined)
    storing.push(stored)
  })
  try {
    await parsed(call.request, parser)
  } catch (error) {
    for (const stored of await Promise.allSettled(storing))
      if (stored.status === 'fulfilled' && stored.value) call.core.bytes.discard([stored.value.segment])
    throw malformed(error)
  }
  return { fields, file: (await Promise.all(storing))[0] }
}

/** Resolves when the whole form has gone through the parser. By hand, as a pipeline costs more than a small form. */
function parsed(request: Readable, parser: busboy.Busboy): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      request.unpipe(parser)
      request.resume()
      parser.destroy(error)
      reject(error)
    }
    parser.once('close', resolve)
    // A broken form may break a second time; an error that nobody hears would end the service.
    parser.on('error', fail)
    request.on('error', fail)
    request.once('close', () => {
      if (!request.readableEnded) fail(new Error('Unexpected end of form'))
    })
    request.pipe(parser)
  })
}

/** Metadata of a format from the form: JSON text, a list or one object. */
function formatMetadata(text: string | undefined, contentType: string): Record<string, string>[] {
  if (text === undefined || text === '') return [{ internet_media_type: contentType }]
  try {
    const parsed: unknown = JSON.parse(text)
    const list = Array.isArray(parsed) ? parsed : [parsed]
    if (list.every((item) => typeof item === 'object' && item !== null))
      return list as Record<string, string>[]
  } catch {
    // Answered below.
  }
  throw badRequest({ format_metadata: 'Must be a JSON list of objects' })
}

/** A whole small file in one call: asset if none is named, format, file set, file, bytes and CLOSED. */
async function upload(call: Call<unknown>): Promise<Reply> {
  const sizeBytes = Number(call.request.headers['content-length'] ?? 0)
  if (sizeBytes > (await call.core.bytes.freeBytes()))
    throw new ApiError(507, `The disk of the workspace has no room for ${sizeBytes} bytes`)
  const form = await readForm(call)
  const { core } = call
  const { file, fields } = form
  try {
    if (!file) throw badRequest({ file: 'The form holds no file' })
    const fileName = fields['file_name'] ?? ''
    if (fileName === '') throw badRequest({ file_name: 'Missing data for required field.' })
    const storageId = fields['storage_id'] ?? ''
    if (storageId === '') throw badRequest({ storage_id: 'Missing data for required field.' })
    const storage = core.tables.storages.get(storageId)
    if (!storage) throw badRequest({ storage_id: `Storage ${storageId} does not exist` })
    return ok(core.db.transaction(() => store(call, fields, fileName, storage, file)))
  } catch (error) {
    if (file) core.bytes.discard([file.segment])
    throw error
  }
}

function store(
  call: Call<unknown>,
  fields: Record<string, string>,
  fileName: string,
  storage: Storage,
  received: NonNullable<Form['file']>,
) {
  const { core } = call
  const asset = fields['asset_id']
    ? requireAsset(call, 'write', fields['asset_id'])
    : insertAsset(call, { title: fields['asset_title'] || fileName })
  if (!fields['asset_id']) applyDefaultAcls(call, 'assets', asset.id)
  const collectionId = fields['collection_id']
  if (collectionId) {
    core.access.demand(call.account, 'write', 'collections', core.tables.collections.require(collectionId).id)
    core.contents.add(collectionId, 'assets', asset.id)
  }
  const contentType = contentTypeOf(fileName)
  const format = insertFormat(call, asset.id, {
    name: fields['format_name'] || 'ORIGINAL',
    storage_methods: [storage.method],
    metadata: formatMetadata(fields['format_metadata'], contentType),
    version_id: fields['version_id'],
  })
  const set = insertFileSet(call, asset.id, {
    name: fileName,
    format_id: format.id,
    storage_id: storage.id,
    base_dir: '/',
  })
  const row: FileRow = insertFile(
    call,
    asset.id,
    {
      original_name: fileName,
      directory_path: '',
      file_set_id: set.id,
      size: received.segment.sizeBytes,
      status: 'OPEN',
    },
    newId(),
  )
  const kept = sumOf[storage.method] ?? ['md5']
  const sums = Object.fromEntries(kept.map((name) => [name, received.sums[name]]))
  core.bytes.put({
    storageId: storage.id,
    key: row._key,
    segments: [received.segment],
    contentType,
    sums,
    etag: received.sums.md5 ?? row.id,
  })
  const closed = core.tables.files.update(row.id, { status: 'CLOSED' })
  markOnline(core, closed)
  const job =
    fields['create_keyframes'] === 'true' ? requestPreviews({ ...call, body: {} }, closed) : undefined
  return { ...fileView(call, closed), ...(job && { job_id: job.id }) }
}

export const oneShotOperations = [
  operation('files', 'POST', '/v1/files/upload/', ['can_write_files', 'can_write_formats'], upload, {
    raw: true,
  }),
]
