import { afterAll, describe, expect, it } from 'vitest'
import type { AssetId } from '@contract/ids.ts'
import { createStorageTransfer } from '@main/adapters/storage/storage-transfer.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { createWorkerHashStreams } from '@main/adapters/node/worker-hash-streams.ts'
import { openapiCheck } from '@test/support/openapi.ts'
import { runWorkspace, silentLogger } from '@test/support/running-workspace.ts'
import { testStorageTransfer, type StorageUnderTest } from '@test/suites/storage-transfer.ts'

const PART_BYTES = 5 * 1024 * 1024
const running = runWorkspace()
const hashStreams = createWorkerHashStreams(2)
afterAll(() => hashStreams.close())

/** A storage of the workspace, with the uploads of each file's bytes by the client's own API calls. */
async function storageOf(
  method: string,
  bytesPattern: string,
  traits: { resumes: boolean; tellsWhatItHas: boolean },
): Promise<StorageUnderTest> {
  const { api, network, setFaults, workspace } = await running
  const storages = await api.storages.list()
  const storage = storages.find((row) => row.method === method && row.purpose === 'FILES')
  if (!storage) throw new Error(`The workspace has no ${method} storage`)
  const transfer = createStorageTransfer({
    network,
    hashStreams,
    clock: systemClock,
    logger: silentLogger,
    partSizeBytes: PART_BYTES,
    partsFromBytes: PART_BYTES,
    stallMs: 10_000,
  })
  let count = 0
  return {
    transfer,
    partSizeBytes: PART_BYTES,
    bytesPattern,
    ...traits,
    setFaults,
    async place(sizeBytes) {
      const name = `clip-${method}-${count++}.bin`
      const asset = await api.assets.create({
        title: name,
        externalId: `${method}-${count}-${Date.now()}`,
        collectionId: null,
        access: 'default',
      })
      const format = await api.files.createFormat(asset.id, {
        name: 'ORIGINAL',
        userId: null,
        metadata: {},
        storageMethod: method,
        versionId: null,
        components: [],
      })
      const fileSet = await api.files.createFileSet(asset.id, {
        name,
        formatId: format.id,
        storageId: storage.id,
        baseDir: '',
        componentIds: [],
        versionId: null,
      })
      const { ticket } = await api.files.createFile(asset.id, {
        originalName: name,
        directoryPath: '',
        sizeBytes,
        storageId: storage.id,
        fileSetId: fileSet.id,
        formatId: format.id,
        versionId: null,
        fileDateModified: new Date().toISOString(),
        contentType: 'application/octet-stream',
        type: 'FILE',
      })
      return { ticket, broker: api.files.broker(asset.id, ticket.fileId) }
    },
    async stored(ticket) {
      await api.files.closeFile(ticket.assetId as AssetId, ticket.fileId, null).catch(() => undefined)
      const url = await api.files.downloadUrl(ticket.assetId as AssetId, ticket.fileId).catch(() => null)
      if (url === null) return null
      const answer = await fetch(URL.canParse(url) ? url : `${workspace.url}${url}`)
      return answer.ok ? Buffer.from(await answer.arrayBuffer()) : null
    },
  }
}

testStorageTransfer(
  'S3',
  () => storageOf('S3', 'PUT /_storage/**', { resumes: true, tellsWhatItHas: false }),
  { keepsParts: true },
)
testStorageTransfer(
  'GCS',
  () => storageOf('GCS', 'PUT /_storage/**', { resumes: true, tellsWhatItHas: true }),
  {
    keepsParts: false,
  },
)
testStorageTransfer(
  'AZURE',
  () => storageOf('AZURE', 'PUT /_storage/**', { resumes: true, tellsWhatItHas: true }),
  {
    keepsParts: true,
  },
)
testStorageTransfer(
  'B2',
  () => storageOf('B2', 'POST /_storage/**', { resumes: true, tellsWhatItHas: false }),
  { keepsParts: true },
)
testStorageTransfer(
  'FILE',
  () => storageOf('FILE', 'PUT /_storage/**', { resumes: false, tellsWhatItHas: false }),
  {
    keepsParts: false,
  },
)

const check = openapiCheck()
describe('the calls of all transfers', () => {
  it('agree with what iconik describes', async (context) => {
    if (check === null) context.skip('iconik’s own descriptions of its API are not here')
    const { exchanges } = await running
    const problems = exchanges.flatMap((exchange) => check?.check(exchange).problems ?? [])
    expect([...new Set(problems)]).toEqual([])
  })
})
