import fs from 'node:fs/promises'
import path from 'node:path'
import { NodeFileSystem } from '@main/adapters/node/node-file-system.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import { createWorkerHashStreams } from '@main/adapters/node/worker-hash-streams.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { createStorageTransfer } from '@main/adapters/storage/storage-transfer.ts'
import { AssetParts } from '@main/services/asset-parts/asset-parts.ts'
import { Previews } from '@main/services/asset-parts/previews.ts'
import { mirrorAsset } from '@main/services/library/mirror-asset.ts'
import type { WorkspaceOptions } from '@main/workspace/index.ts'
import { createAsset, libraryWorld, silentLogger } from '@test/support/library-world.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { describe, expect, it, onTestFinished } from 'vitest'

async function partsOf() {
  const world = await libraryWorld()
  world.signIn()
  const noticed = () => {}
  const parts = new AssetParts({
    session: world.session,
    rowOf: (document) => mirrorAsset(document).row,
    noticed,
  })
  return { world, parts }
}

describe('comments', () => {
  it('stand at a moment, are answered, done, changed and deleted', async () => {
    const { world, parts } = await partsOf()
    const id = await createAsset(world, 'a')
    const late = { type: 'COMMENT', text: 'late', startMs: 9000, endMs: 12_000, parentId: null }
    await parts.createSegment(id, late)
    const first = await parts.createSegment(id, { ...late, text: '<b>early</b>', startMs: 1000, endMs: null })
    await parts.createSegment(id, { ...late, type: 'MARKER', text: '', startMs: 5000, endMs: null })
    await parts.createSegment(id, { ...late, text: 'yes', startMs: 1000, endMs: null, parentId: first.id })
    const all = await parts.segments(id)
    expect(all.map(({ type, text, startMs }) => [type, text, startMs])).toEqual([
      ['COMMENT', '<b>early</b>', 1000],
      ['COMMENT', 'yes', 1000],
      ['MARKER', '', 5000],
      ['COMMENT', 'late', 9000],
    ])
    expect(all[1]).toMatchObject({ parentId: first.id })
    expect(all[0]?.author).not.toBe('')
    await parts.updateSegment(id, first.id, { isDone: true, text: 'mended' })
    expect((await parts.segments(id))[0]).toMatchObject({ isDone: true, text: 'mended' })
    await parts.deleteSegment(id, first.id)
    expect((await parts.segments(id)).map(({ id: segmentId }) => segmentId)).not.toContain(first.id)
  })
})

describe('relations, versions and history', () => {
  it('relates two assets and ends the relation', async () => {
    const { world, parts } = await partsOf()
    const [one, other] = [await createAsset(world, 'one'), await createAsset(world, 'other')]
    await world.call('POST', '/assets/v1/assets/relation_types/', {
      name: 'cut_of',
      source_label: 'Cut of',
      destination_label: 'Has the cut',
    })
    expect(await parts.relationTypes()).toContainEqual({
      name: 'cut_of',
      sourceLabel: 'Cut of',
      destinationLabel: 'Has the cut',
      isDirectional: true,
    })
    await parts.relate(one, 'cut_of', other)
    expect(await parts.relations(one)).toMatchObject([
      { type: 'cut_of', label: 'Cut of', isOwn: true, asset: { id: other, title: 'other' } },
    ])
    await expect(parts.relate(one, 'cut_of', one)).rejects.toMatchObject({ code: 'api.invalid' })
    await parts.unrelate(one, 'cut_of', other)
    expect(await parts.relations(one)).toEqual([])
  })

  it('makes a version, makes another the one in use, deletes one, and history tells', async () => {
    const { world, parts } = await partsOf()
    const id = await createAsset(world, 'a')
    await parts.createVersion(id, true)
    const read = async () => world.session.require().api.assets.get(id)
    const { versions, defaultVersionId } = await read()
    expect(versions).toHaveLength(2)
    const other = versions.find((version) => version.id !== defaultVersionId)?.id as string
    await parts.promoteVersion(id, other)
    expect((await read()).defaultVersionId).toBe(other)
    await parts.deleteVersion(id, defaultVersionId as string)
    expect((await read()).versions).toHaveLength(1)
    const operations = (await parts.history(id)).map(({ operation }) => operation)
    expect(operations).toContain('VERSION_PROMOTE')
    expect((await parts.history(id))[0]?.who).not.toBe('')
  })
})

describe.each(['s3', 'gcs', 'azure', 'b2', 'file'] as WorkspaceOptions['storage'][])(
  'a poster on %s',
  (storage) => {
    it('is sent from this machine, stands for the asset, and is deleted', async () => {
      const world = await libraryWorld(storage ? { storage } : {})
      world.signIn()
      const id = await createAsset(world, 'a')
      const file = path.join(await tempFolder(), 'poster ü.png')
      await fs.writeFile(file, Buffer.alloc(70_000, 7))
      const network = createNetwork({ env: {} })
      const hashStreams = createWorkerHashStreams()
      onTestFinished(async () => {
        await Promise.all([network.close(), hashStreams.close()])
      })
      const previews = new Previews({
        session: world.session,
        fileSystem: new NodeFileSystem(),
        transfer: createStorageTransfer({ network, hashStreams, clock: systemClock, logger: silentLogger }),
        noticed: () => {},
      })
      await previews.put(id, 'picture', file)
      const [picture] = await previews.list(id)
      expect(picture).toMatchObject({ kind: 'picture', type: 'POSTER', status: 'CLOSED', isChosen: true })
      const { objects } = await world.call(
        'GET',
        `/files/v1/assets/${id}/keyframes/?generate_signed_url=true`,
      )
      const [{ url }] = objects as [{ url: string }]
      expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(70_000)
      await previews.delete(id, 'picture', picture?.id ?? '')
      expect(await previews.list(id)).toEqual([])
      await expect(previews.remake(id)).rejects.toMatchObject({ code: 'api.invalid' })
    })
  },
)
