import { SqliteLibrary } from '@main/adapters/node/library/sqlite-library.ts'
import { createWorkerLibraryStores } from '@main/adapters/node/library/worker-library-stores.ts'
import type { LibraryStore } from '@main/ports/library-store.ts'
import { mirrorAsset } from '@main/services/library/mirror-asset.ts'
import { libraryStoreSuite } from '@test/suites/library-store.ts'
import { assetDocument } from '@test/support/mirrored-assets.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { describe, expect, it } from 'vitest'

/** The store without its thread, for the same promises. */
function inThisThread(library: SqliteLibrary): LibraryStore {
  return new Proxy({} as LibraryStore, {
    get: (_, method: keyof LibraryStore) =>
      method === ('then' as string)
        ? undefined
        : async (...args: unknown[]) =>
            (library[method] as (...args: unknown[]) => unknown).apply(library, args),
  })
}

describe('the library in memory', () => {
  libraryStoreSuite(async () => inThisThread(new SqliteLibrary(':memory:')))
})

describe('the library on its own thread', () => {
  libraryStoreSuite(async () => createWorkerLibraryStores(await tempFolder()).open('account-1'))

  it('finds after a restart what it held before', async () => {
    const stores = createWorkerLibraryStores(await tempFolder())
    const first = await stores.open('account-1')
    await first.put([mirrorAsset(assetDocument(1))], 1)
    const { revision } = await first.counts()
    await first.close()
    const second = await stores.open('account-1')
    expect(await second.counts()).toMatchObject({ revision, assetCount: 1 })
    await second.close()
    await stores.discard('account-1')
    const third = await stores.open('account-1')
    expect(await third.counts()).toMatchObject({ assetCount: 0 })
    await third.close()
  })

  it('says what is wrong with a file that is no database, and goes on saying it', async () => {
    const folder = await tempFolder()
    const { writeFile } = await import('node:fs/promises')
    await writeFile(`${folder}/bad.sqlite`, 'this is not a database, but it is long enough to look at')
    const store = await createWorkerLibraryStores(folder).open('bad')
    await expect(store.counts()).rejects.toMatchObject({ code: 'store.failed' })
    await expect(store.counts()).rejects.toMatchObject({ code: 'store.failed' })
    await store.close().catch(() => {})
  })

  it('refuses ids that could leave its folder', async () => {
    await expect(createWorkerLibraryStores('/tmp').open('../x')).rejects.toMatchObject({
      code: 'store.failed',
    })
  })
})
