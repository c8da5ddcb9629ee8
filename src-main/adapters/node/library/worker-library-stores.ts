import fs from 'node:fs/promises'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../../core/errors.ts'
import type { LibraryStore, LibraryStores } from '../../../ports/library-store.ts'
import { workerFile } from '../worker-file.ts'
import type { StoreAnswer, StoreCall } from './store-messages.ts'

const METHODS = [
  'put',
  'setStatus',
  'rename',
  'setFacts',
  'setMembership',
  'remove',
  'editMark',
  'unseen',
  'markSeen',
  'trashedIds',
  'withoutPoster',
  'counts',
  'query',
  'groups',
  'count',
  'totals',
  'ids',
  'facets',
  'facetFields',
  'get',
  'rows',
  'metadataOf',
  'summarise',
  'noteSent',
  'putCollections',
  'keepCollections',
  'removeCollection',
  'children',
  'collectionsWithin',
  'collectionTitle',
  'collectionPath',
  'findCollections',
  'keep',
  'kept',
  'addEdit',
  'edits',
  'edit',
  'nextEdit',
  'editedAssets',
  'noteBefore',
  'addUndo',
  'forgetDone',
  'editsOf',
  'updateEdit',
  'removeEdit',
  'note',
  'setNote',
  'close',
] as const satisfies (keyof LibraryStore)[]

/** Opens a mirror on a thread of its own. */
export function openWorkerLibrary(file: string): LibraryStore {
  const worker = new Worker(workerFile('library-worker', new URL('./library-worker.ts', import.meta.url)), {
    workerData: { file },
    // Helpers get no FERRY_* variable; this one needs no environment at all.
    env: {},
  })
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  let ended: AppError | null = null

  const end = (error: AppError) => {
    ended ??= error
    for (const { reject } of open.values()) reject(error)
    open.clear()
  }
  worker.on('message', (answer: StoreAnswer) => {
    const waiting = open.get(answer.id)
    open.delete(answer.id)
    if (open.size === 0) worker.unref()
    if ('value' in answer) waiting?.resolve(answer.value)
    else {
      const { code, message, retry, details, cause } = answer.error
      waiting?.reject(new AppError(code, message, { retry, details, cause: new Error(cause) }))
    }
  })
  worker.on('error', (cause) =>
    end(new AppError('store.failed', 'The library stopped working. Start Ferry again.', { cause })),
  )
  worker.on('exit', () => end(new AppError('store.failed', 'The library is closed.')))
  worker.unref()

  const call = (method: StoreCall['method'], args: unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      if (ended) return reject(ended)
      lastId += 1
      open.set(lastId, { resolve, reject })
      // The process stays until what was asked is answered.
      worker.ref()
      worker.postMessage({ id: lastId, method, args } satisfies StoreCall)
    })
  return Object.fromEntries(
    METHODS.map((method) => [method, (...args: unknown[]) => call(method, args)]),
  ) as unknown as LibraryStore
}

/** Mirrors in a folder, one file for each account. */
export function createWorkerLibraryStores(folder: string): LibraryStores {
  const fileOf = (accountId: string) => {
    if (!/^[\w-]{1,64}$/.test(accountId)) throw new AppError('store.failed', 'This account has no proper id.')
    return path.join(folder, `${accountId}.sqlite`)
  }
  return {
    async open(accountId) {
      await fs.mkdir(folder, { recursive: true })
      return openWorkerLibrary(fileOf(accountId))
    },
    async discard(accountId) {
      const file = fileOf(accountId)
      await Promise.all(['', '-wal', '-shm'].map((suffix) => fs.rm(file + suffix, { force: true })))
    },
  }
}
