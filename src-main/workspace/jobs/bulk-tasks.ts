import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Core } from '../core.ts'
import type { Actor } from '../http/operation.ts'
import { ApiError } from '../errors.ts'
import { dateNow } from '../ids.ts'
import { writeValues, type ObjectType } from '../routes/metadata-values.ts'
import { trashAsset, trashCollection } from '../routes/trash.ts'
import { transferTask } from './transfer-task.ts'
import type { Task, TaskContext, TaskEnd } from './job-runner.ts'

/** How many objects one transaction changes, so that no request waits long behind a job. */
const atOnce = 50

/** Lets waiting requests through. */
const breathe = () => new Promise<void>((done) => setImmediate(done))

function actorOf(core: Core, context: TaskContext): Actor {
  const account = core.accounts.actingFor(String(context.task['userId'] ?? context.job.created_by))
  if (!account) throw new Error('The user who asked for this does not exist any more')
  return { core, account }
}

/** Works through a list in small transactions. Gives the reasons of what failed. */
async function each<T>(
  core: Core,
  context: TaskContext,
  items: readonly T[],
  act: (item: T) => void,
): Promise<string[]> {
  const failures: string[] = []
  for (let start = 0; start < items.length && !context.signal.aborted; start += atOnce) {
    for (const item of items.slice(start, start + atOnce)) {
      try {
        core.db.transaction(() => act(item))
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        failures.push(error.message)
      }
    }
    context.progress(Math.min(99, (100 * (start + atOnce)) / items.length))
    await breathe()
  }
  return failures
}

function endOf(failures: string[], total: number): TaskEnd | void {
  if (failures.length === 0) return undefined
  const message = `${failures.length} of ${total} failed: ${[...new Set(failures)].slice(0, 3).join('; ')}`
  if (failures.length === total) throw new Error(message)
  return { status: 'FINISHED_WITH_WARNING', message }
}

/** Tasks over many objects: metadata, deletion, scanning a folder, analysing. */
export function bulkTasks(core: Core): Record<string, Task> {
  return {
    transfer: transferTask(core),
    'bulk-metadata': async (context) => {
      const actor = actorOf(core, context)
      const { objectType, viewId, changes } = context.task as {
        objectType: ObjectType
        viewId: string
        changes: { id: string; metadata_values: never }[]
      }
      const view = core.tables.views.require(viewId)
      const failures = await each(
        core,
        context,
        changes,
        ({ id, metadata_values: values }) => void writeValues(actor, objectType, id, view, values),
      )
      return endOf(failures, changes.length)
    },
    'bulk-delete': async (context) => {
      const actor = actorOf(core, context)
      const {
        object_type: type,
        object_ids: ids,
        content_only: contentOnly,
      } = context.task as { object_type: string; object_ids: string[]; content_only: boolean }
      if (type === 'saved_searches')
        return endOf(
          await each(core, context, ids, (id) => void core.tables.savedSearches.remove(id)),
          ids.length,
        )
      const inside = (kind: 'assets' | 'collections') =>
        ids.flatMap((id) => core.contents.descendants(id, kind))
      const assets = type === 'assets' ? ids : [...new Set(inside('assets'))]
      const collections =
        type === 'assets' ? [] : [...new Set([...inside('collections'), ...(contentOnly ? [] : ids)])]
      const failures = [
        ...(await each(
          core,
          context,
          assets.filter((id) => core.tables.assets.has(id)),
          (id) => {
            core.access.demand(actor.account, 'delete', 'assets', id)
            trashAsset(actor, id)
          },
        )),
        ...(await each(
          core,
          context,
          collections.filter((id) => core.tables.collections.has(id)),
          (id) => {
            core.access.demand(actor.account, 'delete', 'collections', id)
            trashCollection(actor, id)
          },
        )),
      ]
      return endOf(failures, assets.length + collections.length)
    },
    'scan-storage': async (context) => {
      const storage = core.tables.storages.require(String(context.task['storageId']))
      const mount = storage.settings['mount_point']
      if (storage.method !== 'FILE' || typeof mount !== 'string')
        return { status: 'SKIPPED', message: 'Only a FILE storage has a folder to scan' }
      const found = await scanFolder(mount, context.signal)
      await each(core, context, found, (path) => register(core, storage.id, path))
      core.db.transaction(() =>
        core.tables.storages.update(storage.id, {
          last_scanned: dateNow(),
          scanner_status: 'IDLE',
        } as never),
      )
      return { status: 'FINISHED', message: `${found.length} files found` }
    },
    analyze: async (context) => {
      const assetId = String(context.task['assetId'])
      const set = (status: string) =>
        core.db.transaction(
          () =>
            core.tables.assets.has(assetId) && core.tables.assets.update(assetId, { analyze_status: status }),
        )
      if (!core.tables.assets.has(assetId)) throw new Error(`Asset ${assetId} does not exist`)
      set('IN_PROGRESS')
      const formats = core.tables.formats.list({ where: { asset_id: assetId } })
      set('DONE')
      return {
        status: 'FINISHED',
        message: `${formats.reduce((sum, format) => sum + format.components.length, 0)} components known`,
      }
    },
  }
}

/** Paths of all files below a folder, with slashes, relative to it. */
async function scanFolder(
  folder: string,
  signal: AbortSignal,
): Promise<{ path: string; sizeBytes: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files: { path: string; sizeBytes: number }[] = []
  for (const entry of entries) {
    if (signal.aborted) break
    if (!entry.isFile()) continue
    const full = join(entry.parentPath, entry.name)
    files.push({ path: relative(folder, full).split(sep).join('/'), sizeBytes: (await stat(full)).size })
  }
  return files
}

/** Makes a file of a storage known, once. */
function register(core: Core, storageId: string, found: { path: string; sizeBytes: number }): void {
  const parts = found.path.split('/')
  const name = parts.pop() ?? ''
  const where = { storage_id: storageId, directory_path: parts.join('/') }
  const known = core.tables.files.first({ where: { ...where, original_name: name } })
  if (known) {
    if (known.size !== found.sizeBytes) core.tables.files.update(known.id, { size: found.sizeBytes })
    return
  }
  core.tables.files.insert({
    ...where,
    original_name: name,
    name,
    type: 'FILE',
    status: 'CLOSED',
    size: found.sizeBytes,
    checksum: null,
    storage_method: 'FILE',
    _key: found.path,
  } as never)
}
