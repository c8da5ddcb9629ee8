import path from 'node:path'
import type { StorageId } from '@contract/ids.ts'
import type { StorageView } from '@contract/settings.ts'
import { isLoopbackHost } from '../../core/loopback.ts'
import { AppError } from '../../core/errors.ts'
import type { AccountSession } from '../../ports/account-session.ts'
import type { StorageDocument } from '../../ports/iconik-api.ts'
import type { MountCheck } from '../../ports/mount-check.ts'
import type { SettingsService } from './settings.ts'

type StorageMounts = Readonly<Partial<Record<StorageId, string>>>

const METHODS_WITH_UPLOAD_URLS = new Set(['S3', 'GCS', 'AZURE', 'B2'])

/**
 * Storages of the current account, those that hold original files first, with whether bytes can be sent to each from here.
 *
 * @param check looks at the folders that are mounted; without it they are taken to be there
 * @throws AppError auth.*, network.*, api.*
 */
export async function listStorages(
  session: AccountSession,
  mounts: StorageMounts,
  signal?: AbortSignal,
  check?: Pick<MountCheck, 'look'>,
): Promise<StorageView[]> {
  const { api, kind, url } = session.require()
  // A workspace that another process of this machine serves is a workspace too.
  const isWorkspace = kind === 'local' || isLoopbackHost(new URL(url).hostname)
  const storages = await api.inLane('person').storages.list(signal)
  const views = storages.map(async (storage) => {
    const mountedAt = mounts[storage.id] ?? null
    const reason =
      mountedAt === null ? whyNoBytes(storage, isWorkspace) : ((await check?.look(mountedAt)) ?? null)
    return {
      id: storage.id,
      name: storage.name,
      method: storage.method,
      purpose: storage.purpose,
      status: storage.status,
      isDefault: storage.isDefault,
      takesBytes: reason === null,
      reason,
      canMount: isMountable(storage),
      mountedAt,
    }
  })
  return Promise.all(views)
}

function liesIn(folder: string, above: string): boolean {
  const below = path.relative(above, folder)
  return below === '' || (!below.startsWith('..') && !path.isAbsolute(below))
}

const isMountable = ({ method, purpose, status }: StorageDocument) =>
  method === 'FILE' && purpose === 'FILES' && status === 'ACTIVE'

/**
 * Notes where a FILE storage is mounted on this machine, once something could be written there.
 *
 * @param watched folders that are watched: what is uploaded into one of them would come in again
 * @throws AppError file.unreadable, watch.overlap, storage.unsupported; auth.*, network.*, api.*
 */
export async function mountStorage(
  deps: {
    session: AccountSession
    settings: SettingsService
    check: MountCheck
    watched: () => readonly string[]
  },
  { storageId, directory }: { storageId: StorageId; directory: string | null },
  signal?: AbortSignal,
): Promise<StorageView[]> {
  const { [storageId]: _before, ...others } = deps.settings.get().storageMounts
  if (directory !== null) {
    const storage = await deps.session.require().api.inLane('person').storages.get(storageId, signal)
    if (!isMountable(storage))
      throw new AppError('storage.unsupported', `${storage.name} is no folder that could be mounted here.`)
    const other = deps.watched().find((root) => liesIn(root, directory) || liesIn(directory, root))
    if (other !== undefined)
      throw new AppError(
        'watch.overlap',
        `${directory} overlaps the watched folder ${other}: what is uploaded would come in again.`,
        { details: { other } },
      )
    const problem = await deps.check.tryOut(directory)
    if (problem !== null)
      throw new AppError('file.unreadable', problem, { details: { path: directory, reason: problem } })
  }
  const storageMounts = directory === null ? others : { ...others, [storageId]: directory }
  deps.settings.update({ storageMounts })
  return listStorages(deps.session, storageMounts, signal, deps.check)
}

/**
 * Why nothing can be sent to a storage; null when it can.
 *
 * @param id null: the storage that iconik would choose
 * @throws AppError auth.*, network.*, api.*
 */
export async function storageProblem(
  session: AccountSession,
  mounts: StorageMounts,
  id: StorageId | null,
  signal?: AbortSignal,
): Promise<string | null> {
  const storages = await listStorages(session, mounts, signal)
  const storage =
    id === null ? storages.find(({ isDefault }) => isDefault) : storages.find((one) => one.id === id)
  // Without a default iconik has a rule of its own, which is asked when the upload begins.
  if (!storage) return id === null ? null : 'The storage is not in iconik any more.'
  return storage.reason === null ? null : `Nothing can be sent to ${storage.name}. ${storage.reason}`
}

/** Why Ferry cannot send bytes to a storage; null when it can. */
function whyNoBytes(storage: StorageDocument, isLocalWorkspace: boolean): string | null {
  if (storage.status !== 'ACTIVE') return `The storage is ${storage.status.toLowerCase()} in iconik.`
  if (storage.purpose !== 'FILES') return 'It is not for original files.'
  if (METHODS_WITH_UPLOAD_URLS.has(storage.method)) return null
  // The workspace on this machine hands out upload URLs for its folders too.
  if (storage.method === 'FILE' && isLocalWorkspace) return null
  if (storage.method === 'FILE')
    return 'It is a folder behind a storage gateway. Set where that folder is mounted on this machine.'
  return `Ferry does not know how to send bytes to ${storage.method} storages.`
}
