import { z } from 'zod'
import { badRequest, notFound } from '../errors.ts'
import { dateNow } from '../ids.ts'
import { created, noContent, ok, operation, update, type Call } from '../http/operation.ts'
import { orderOf, pageEnvelope, pageOf } from '../http/paging.ts'
import type { Core } from '../core.ts'
import type { FileRow, Storage } from '../store/tables.ts'
import { filtersOf } from './filters.ts'
import { fileView, ofReadableAssets } from './views/file-view.ts'
import { removeBytes } from './trash.ts'
import { byteStates, dateText, wholeNumber } from './schemas.ts'

export const purposes = ['FILES', 'PROXIES', 'KEYFRAMES', 'EXPORTS', 'ARCHIVE', 'FACES'] as const
const methods = ['FILE', 'HTTP', 'FTP', 'SFTP', 'S3', 'B2', 'GCS', 'PORTAL', 'CUSTOM', 'AZURE'] as const
export const storageMethods: readonly string[] = methods

const StorageInput = z.object({
  name: z.string().min(1),
  method: z.enum(methods),
  purpose: z.enum(purposes),
  settings: z.record(z.string(), z.unknown()),
  status: z.enum(['ACTIVE', 'INACTIVE', 'FAILING']).optional(),
  description: z.string().nullish(),
  status_message: z.string().nullish(),
  last_scanned: dateText.nullish(),
  scanner_status: z.string().nullish(),
})

const secretSettings = new Set([
  'access_key',
  'secret_key',
  'session_token',
  'json_key',
  'connection_string',
  'authorization_token',
  'account_id',
  'password',
])

/** A storage as the caller may see it: secrets are for administrators. */
function storageView(call: Call<unknown>, storage: Storage): Record<string, unknown> {
  const hidden = call.core.assumptions.storageSecretsHidden && !call.account.user.is_admin
  const settings = hidden
    ? Object.fromEntries(Object.entries(storage.settings).filter(([name]) => !secretSettings.has(name)))
    : storage.settings
  // iconik's storages have no dates.
  const {
    date_created: _created,
    date_modified: _modified,
    ...row
  } = storage as Storage & Record<string, unknown>
  return { ...row, settings, default: defaultFor(call.core, storage.purpose)?.id === storage.id }
}

/** The storage that a purpose uses where nobody names one; undefined if there is none. */
export function defaultFor(core: Core, purpose: string): Storage | undefined {
  const chosen = core.settings.get<string>(`default-storage/${purpose}`)
  const storage = chosen === undefined ? undefined : core.tables.storages.get(chosen)
  return storage ?? core.tables.storages.first({ where: { purpose, status: 'ACTIVE' } })
}

function matching(call: Call<unknown>) {
  const { purpose = '', method } = call.params
  const wanted = call.query.get('storage_id')
  const storage = wanted
    ? call.core.tables.storages.first({ where: { id: wanted, purpose } })
    : method === undefined
      ? defaultFor(call.core, purpose)
      : call.core.tables.storages.first({
          where: { purpose, method: method.toUpperCase(), status: 'ACTIVE' },
        })
  if (!storage) throw notFound('Storage for', [purpose, method, wanted].filter(Boolean).join(' '))
  return ok(storageView(call, storage))
}

const required: Record<string, string[]> = {
  S3: ['bucket'],
  GCS: ['bucket'],
  AZURE: ['container'],
  B2: ['bucket_name'],
  FILE: ['mount_point'],
}

function createStorage(call: Call<z.infer<typeof StorageInput>>) {
  const { body } = call
  const missing = (required[body.method] ?? []).filter((name) => typeof body.settings[name] !== 'string')
  if (missing.length > 0) throw badRequest({ settings: `Missing for ${body.method}: ${missing.join(', ')}` })
  const storage = call.core.tables.storages.insert({
    status: 'ACTIVE',
    description: null,
    status_message: null,
    last_scanned: null,
    scanner_status: null,
    ...body,
  } as Omit<Storage, 'id'>)
  return created(storageView(call, storage))
}

const storageOf = (call: Call<unknown>) => call.core.tables.storages.require(call.params['storage_id'] ?? '')

function removeStorage(call: Call<unknown>) {
  const storage = storageOf(call)
  if (call.core.tables.files.count({ where: { storage_id: storage.id } }) > 0)
    throw badRequest(`Storage ${storage.id} holds files; delete these first`)
  call.core.tables.storages.remove(storage.id)
  return noContent()
}

const listStorages = (call: Call<unknown>) => {
  const page = pageOf(call)
  const where = filtersOf(call.query, ['id', 'name', 'method', 'status', 'purpose'])
  if (call.query.has('ids')) where['id'] = (call.query.get('ids') ?? '').split(',')
  const words = call.query.get('query')?.replaceAll('*', '').trim()
  const condition = words
    ? { sql: "instr(lower(d.doc ->> '$.name'), lower(?)) > 0", values: [words] }
    : undefined
  const selection = { where, ...(condition && { condition }) }
  const rows = call.core.tables.storages.list({
    ...selection,
    order: orderOf(call, [{ field: 'name' }]),
    limit: page.perPage,
    offset: page.offset,
  })
  return ok(
    pageEnvelope(
      call,
      page,
      call.core.tables.storages.count(selection),
      rows.map((row) => storageView(call, row)),
    ),
  )
}

/** A file as a storage's own lists show it: without what belongs to the storage itself. */
const storageFileView = (call: Call<unknown>, file: FileRow) => {
  const { storage_method: _method, system_domain_id: _domain, ...shown } = fileView(call, file)
  return shown
}

/** The same after a change: without what it says of the file set, which a loose file has none of. */
const changedFileView = (call: Call<unknown>, file: FileRow) => {
  const { file_set_status: _set, format_status: _format, ...shown } = storageFileView(call, file)
  return shown
}

const cleanDirectory = (text: string) => text.replaceAll(/^\/+|\/+$/g, '')

/** Which files of a storage the query of a call means. */
function storageFilesAsked(call: Call<unknown>, storage: Storage): Record<string, string> {
  const { query } = call
  const where = {
    ...filtersOf(query, ['id', 'checksum', 'name', 'type', 'status']),
    storage_id: storage.id,
  } as Record<string, string>
  if (query.has('directory_path')) where['directory_path'] = cleanDirectory(query.get('directory_path') ?? '')
  const path = query.get('path')
  if (path !== null) {
    const parts = cleanDirectory(path).split(query.get('path_separator') ?? '/')
    where['original_name'] = parts.pop() ?? ''
    where['directory_path'] = parts.join('/')
  }
  return where
}

const listStorageFiles = (call: Call<unknown>) => {
  const page = pageOf(call)
  const where = storageFilesAsked(call, storageOf(call))
  const condition = ofReadableAssets(call)
  const selection = { where, ...(condition && { condition }) }
  const rows = call.core.tables.files.list({
    ...selection,
    order: orderOf(call, []),
    limit: page.perPage,
    offset: page.offset,
  })
  return ok(
    pageEnvelope(
      call,
      page,
      call.core.tables.files.count(selection),
      rows.map((row) => storageFileView(call, row)),
    ),
  )
}

/** Files of a storage with their bytes, as chosen by the query; those of assets only where the caller may delete these. */
function removeStorageFiles(call: Call<unknown>) {
  const storage = storageOf(call)
  const rows = call.core.tables.files
    .list({ where: storageFilesAsked(call, storage) })
    .filter((row) => !row.asset_id || call.core.access.may(call.account, 'delete', 'assets', row.asset_id))
  if (rows.length === 0) throw notFound('Files on storage', storage.id)
  for (const row of rows) {
    removeBytes(call.core, row)
    call.core.tables.files.remove(row.id)
    if (row.asset_id) call.core.search.touch('assets', row.asset_id)
  }
  const all = { page: 1, perPage: Math.max(rows.length, 1), offset: 0 }
  return ok(
    pageEnvelope(
      call,
      all,
      rows.length,
      rows.map((row) => storageFileView(call, row)),
    ),
  )
}

const Existence = z.object({ directory_path: z.string(), file_name: z.string().min(1) })

function fileExists(call: Call<z.infer<typeof Existence>>) {
  const storage = storageOf(call)
  const { directory_path: directory, file_name: name } = call.body
  const found = call.core.tables.files.first({
    where: { storage_id: storage.id, directory_path: cleanDirectory(directory) },
    condition: { sql: "(d.doc ->> '$.original_name' = ? OR d.doc ->> '$.name' = ?)", values: [name, name] },
  })
  return ok({ exists: found !== undefined })
}

const StorageFile = z.object({
  original_name: z.string().min(1),
  directory_path: z.string(),
  type: z.enum(['FILE', 'DIRECTORY', 'SYMLINK']),
  name: z.string().optional(),
  size: wholeNumber.nullish(),
  status: z.enum(byteStates).optional(),
  checksum: z.string().nullish(),
  file_date_created: dateText.nullish(),
  file_date_modified: dateText.nullish(),
})

/** Registers a file of a storage that belongs to no asset yet, or updates it, by its path. */
function putStorageFile(call: Call<z.infer<typeof StorageFile>>, mayCreate: boolean) {
  const storage = storageOf(call)
  const { body } = call
  const directory = cleanDirectory(body.directory_path)
  const where = { storage_id: storage.id, directory_path: directory, original_name: body.original_name }
  const known = call.core.tables.files.first({ where })
  const values = { ...body, directory_path: directory, name: body.name ?? body.original_name }
  if (known) return ok(changedFileView(call, call.core.tables.files.update(known.id, values as never)))
  if (!mayCreate) throw notFound('File', `${directory}/${body.original_name}`)
  const made = call.core.tables.files.insert({
    status: 'CLOSED',
    checksum: null,
    ...values,
    storage_id: storage.id,
    storage_method: storage.method,
    _key: [directory, values.name].filter(Boolean).join('/'),
  } as never)
  return created(changedFileView(call, made))
}

const Scan = z.object({
  paths: z.array(z.string()).nullish(),
  files: z.array(z.string()).nullish(),
  ignore_already_active: z.boolean().optional(),
})

function scan(call: Call<z.infer<typeof Scan>>) {
  const storage = storageOf(call)
  const job = call.core.jobs.create({
    title: `Scan ${storage.name}`,
    type: 'SCAN',
    object_type: 'storages',
    object_id: storage.id,
    created_by: call.account.user.id,
    task: { kind: 'scan-storage', storageId: storage.id },
  })
  return created({ job_id: job.id })
}

const one = '/v1/storages/{storage_id}/'

export const storageOperations = [
  operation('files', 'GET', '/v1/storages/', 'can_read_storages', listStorages),
  operation('files', 'POST', '/v1/storages/', 'can_write_storages', createStorage, {
    schema: StorageInput,
    access: 'admin',
  }),
  operation('files', 'GET', '/v1/storages/matching/{purpose}/', 'can_read_storages', matching),
  operation(
    'files',
    'GET',
    '/v1/storages/matching/{purpose}/method/{method}/',
    'can_read_storages',
    matching,
  ),
  operation('files', 'GET', '/v1/storages/{purpose}/default/', 'can_read_storages', (call) => {
    const storage = defaultFor(call.core, call.params['purpose'] ?? '')
    if (!storage) throw notFound('Default storage for', call.params['purpose'] ?? '')
    return ok(storageView(call, storage))
  }),
  operation(
    'files',
    'POST',
    `${one}default/`,
    'can_write_storages',
    (call) => {
      const storage = storageOf(call)
      call.core.settings.set(`default-storage/${storage.purpose}`, storage.id)
      return created(storageView(call, storage))
    },
    { access: 'admin' },
  ),
  operation(
    'files',
    'DELETE',
    `${one}default/`,
    'can_write_storages',
    (call) => {
      const storage = storageOf(call)
      if (call.core.settings.get(`default-storage/${storage.purpose}`) === storage.id)
        call.core.settings.remove(`default-storage/${storage.purpose}`)
      return noContent()
    },
    { access: 'admin' },
  ),
  operation('files', 'GET', one, 'can_read_storages', (call) => ok(storageView(call, storageOf(call)))),
  ...update(
    'files',
    one,
    'can_write_storages',
    (call) => {
      const storage = storageOf(call)
      const { settings, ...rest } = call.body
      const merged = settings && { settings: { ...storage.settings, ...settings } }
      return ok(
        storageView(
          call,
          call.core.tables.storages.update(storage.id, { ...rest, ...merged } as Partial<Storage>),
        ),
      )
    },
    { schema: StorageInput.partial(), access: 'admin' },
  ),
  operation('files', 'DELETE', one, 'can_delete_storages', removeStorage, { access: 'admin' }),
  operation('files', 'GET', `${one}files/`, 'can_list_storage_files', listStorageFiles),
  operation('files', 'DELETE', `${one}files/`, ['can_read_storages', 'can_delete_files'], removeStorageFiles),
  operation('files', 'POST', `${one}files/`, 'can_write_files', (call) => putStorageFile(call, true), {
    schema: StorageFile,
  }),
  ...update('files', `${one}files/`, 'can_write_files', (call) => putStorageFile(call, false), {
    schema: StorageFile,
  }),
  operation('files', 'POST', `${one}scan/`, 'can_scan_bucket', scan, { schema: Scan }),
  operation('files', 'POST', '/v1/files/storages/{storage_id}/', 'can_read_files', fileExists, {
    schema: Existence,
  }),
]

/** The storages of a new workspace: one of each method for files, and one for proxies and one for keyframes. */
export function createDefaultStorages(core: Core, preferred: string, mountPoint: string): void {
  const settings: Record<string, Record<string, unknown>> = {
    S3: { bucket: 'workspace', region: 'local', endpoint: '', path: '' },
    GCS: { bucket: 'workspace', project: 'local', path: '' },
    AZURE: { container: 'workspace', path: '' },
    B2: { bucket_id: 'workspace', bucket_name: 'workspace', path: '' },
    FILE: { mount_point: mountPoint, scan_directories: [], scan_ignore: [] },
  }
  const common = {
    read: true,
    write: true,
    delete: true,
    scan: false,
    transcode_ignore: [],
    is_system: false,
  }
  const add = (name: string, method: string, purpose: string) => {
    if (core.tables.storages.first({ where: { method, purpose } })) return
    core.tables.storages.insert({
      name,
      method,
      purpose,
      status: 'ACTIVE',
      status_message: null,
      description: null,
      last_scanned: null,
      scanner_status: null,
      settings: { ...common, ...settings[method] },
      date_created: dateNow(),
    })
  }
  for (const method of Object.keys(settings)) add(`Workspace (${method})`, method, 'FILES')
  add('Workspace proxies', 'S3', 'PROXIES')
  add('Workspace keyframes', 'S3', 'KEYFRAMES')
  const chosen = core.tables.storages.first({ where: { method: preferred, purpose: 'FILES' } })
  if (chosen) core.settings.set('default-storage/FILES', chosen.id)
}
