import type { Core } from '../core.ts'
import { newId } from '../ids.ts'
import { cleanPath } from '../routes/files.ts'
import type { ChecksumName } from '../storage/checksums.ts'
import type { FileRow, FileSet, Storage } from '../store/tables.ts'
import { removeFileSet } from '../routes/file-sets.ts'
import type { Task } from './job-runner.ts'

/** The sums that each provider keeps of an object. */
const sumsOf: Record<string, ChecksumName[]> = {
  S3: ['md5'],
  GCS: ['crc32c', 'md5'],
  AZURE: ['md5'],
  B2: ['sha1'],
  FILE: ['md5'],
}

/** Copies one file's bytes under a key of the new storage; gives the row as it will be there. */
async function copyFile(
  core: Core,
  file: FileRow,
  storage: Storage,
  directory: string,
): Promise<{ row: FileRow; store: () => void }> {
  const object = core.bytes.get(file.storage_id, file._key)
  if (!object || !core.bytes.intact(object))
    throw new Error(`The bytes of ${file.original_name} are not on storage ${file.storage_id}`)
  const id = newId()
  const key =
    storage.method === 'FILE'
      ? [directory, file.name].filter(Boolean).join('/')
      : [directory, id, file.name].filter(Boolean).join('/')
  const segments = await core.bytes.copySegments(object.segments)
  const sums = await core.bytes.sumOf(segments, sumsOf[storage.method] ?? ['md5'])
  const row: FileRow = {
    ...file,
    id,
    storage_id: storage.id,
    storage_method: storage.method,
    directory_path: directory,
    _key: key,
  }
  const store = () =>
    void core.bytes.put({
      storageId: storage.id,
      key,
      segments,
      contentType: object.contentType,
      sums,
      etag: sums.md5 ?? id,
    })
  return { row, store }
}

/** The TRANSFER task: a file set with its bytes comes to another storage; the source goes only where that was asked for. */
export const transferTask =
  (core: Core): Task =>
  async ({ task, signal, progress, step }) => {
    const { tables } = core
    const set = tables.fileSets.require(String(task['fileSetId']))
    const storage = tables.storages.require(String(task['storageId']))
    const files = tables.files.list({ where: { file_set_id: set.id } })
    const open = files.find((file) => file.status !== 'CLOSED')
    if (open) throw new Error(`${open.original_name} is ${open.status}; only CLOSED files can be copied`)
    const asked =
      typeof task['directory'] === 'string' ? cleanPath(task['directory'], 'directory') : undefined
    step('Copy', 'IN_PROGRESS')
    const copies: Awaited<ReturnType<typeof copyFile>>[] = []
    for (const [at, file] of files.entries()) {
      if (signal.aborted) return
      copies.push(await copyFile(core, file, storage, asked ?? file.directory_path))
      progress((99 * (at + 1)) / files.length)
    }
    core.db.transaction(() => {
      const { id: _id, date_created: _created, date_modified: _modified, ...values } = set
      const made = tables.fileSets.insert({
        ...values,
        ...(asked !== undefined && { base_dir: asked }),
        storage_id: storage.id,
      } as Omit<FileSet, 'id'>)
      for (const { row, store } of copies) {
        store()
        tables.files.insert({ ...row, file_set_id: made.id })
      }
      const format = tables.formats.get(set.format_id)
      if (format && !format.storage_methods.includes(storage.method))
        tables.formats.update(format.id, { storage_methods: [...format.storage_methods, storage.method] })
      if (task['removeSource'] === true) removeFileSet(core, set, false)
      core.search.touch('assets', set.asset_id)
    })
    step('Copy', 'DONE')
  }
