import type { Handlers } from '@contract/index.ts'
import type { AssetParts } from '../../services/asset-parts/asset-parts.ts'
import type { Previews } from '../../services/asset-parts/previews.ts'

const nothing = async (work: Promise<unknown>): Promise<null> => {
  await work
  return null
}

export function assetPartHandlers(parts: AssetParts, previews: Previews) {
  return {
    'segments.list': ({ assetId }, { signal }) => parts.segments(assetId, signal),
    'segments.create': ({ assetId, ...segment }) => parts.createSegment(assetId, segment),
    'segments.update': ({ assetId, id, ...changes }) => nothing(parts.updateSegment(assetId, id, changes)),
    'segments.delete': ({ assetId, id }) => nothing(parts.deleteSegment(assetId, id)),
    'relations.types': (_, { signal }) => parts.relationTypes(signal),
    'relations.list': ({ id }, { signal }) => parts.relations(id, signal),
    'relations.add': ({ id, type, otherId }) => nothing(parts.relate(id, type, otherId)),
    'relations.remove': ({ id, type, otherId }) => nothing(parts.unrelate(id, type, otherId)),
    'versions.create': ({ id, copy }) => nothing(parts.createVersion(id, copy)),
    'versions.promote': ({ id, versionId }) => nothing(parts.promoteVersion(id, versionId)),
    'versions.delete': ({ id, versionId }) => nothing(parts.deleteVersion(id, versionId)),
    'history.list': ({ id }, { signal }) => parts.history(id, signal),
    'previews.list': ({ id }, { signal }) => previews.list(id, signal),
    'previews.delete': ({ id, kind, previewId }) => nothing(previews.delete(id, kind, previewId)),
    'previews.remake': async ({ id }) => ({ jobId: await previews.remake(id) }),
    'previews.put': ({ id, kind, path }, { signal }) => nothing(previews.put(id, kind, path, signal)),
    'previews.captureFrame': ({ id, atMs }) => nothing(previews.captureFrame(id, atMs)),
  } satisfies Partial<Handlers>
}
