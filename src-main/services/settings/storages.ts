import type { StorageId } from '@contract/ids.ts'
import type { StorageView } from '@contract/settings.ts'
import { isLoopbackHost } from '../../core/loopback.ts'
import type { AccountSession } from '../../ports/account-session.ts'
import type { StorageDocument } from '../../ports/iconik-api.ts'

type StorageMounts = Readonly<Partial<Record<StorageId, string>>>

const METHODS_WITH_UPLOAD_URLS = new Set(['S3', 'GCS', 'AZURE', 'B2'])

/**
 * Storages of the current account, those that hold original files first, with whether bytes can be sent to each from here.
 *
 * @throws AppError auth.*, network.*, api.*
 */
export async function listStorages(
  session: AccountSession,
  mounts: StorageMounts,
  signal?: AbortSignal,
): Promise<StorageView[]> {
  const { api, kind, url } = session.require()
  // A workspace that another process of this machine serves is a workspace too.
  const isWorkspace = kind === 'local' || isLoopbackHost(new URL(url).hostname)
  const storages = await api.inLane('person').storages.list(signal)
  return storages.map((storage) => {
    const reason = mounts[storage.id] === undefined ? whyNoBytes(storage, isWorkspace) : null
    return {
      id: storage.id,
      name: storage.name,
      method: storage.method,
      purpose: storage.purpose,
      status: storage.status,
      isDefault: storage.isDefault,
      takesBytes: reason === null,
      reason,
    }
  })
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
