import type { AssetId, CollectionId } from '@contract/ids.ts'
import { MOST_TO_SEND } from '@contract/send.ts'
import type { FieldValues } from '../../core/clip.ts'
import type { AssetDocument, CollectionDocument, FileDocument, IconikApi } from '../../ports/iconik-api.ts'

const PAGE = 100
const AT_ONCE = 8

/** An asset of the workspace with what goes along. */
export interface SourceAsset {
  id: AssetId
  title: string
  values: FieldValues
  /** Originals of its current version, in the order of their names. */
  files: (FileDocument & { sizeBytes: number })[]
  /** Titles of the collection that it lies in (the first, if several), from the top. */
  collectionPath: string[]
}

export interface Collected {
  assets: SourceAsset[]
  left: { title: string; reason: string }[]
  /** There were more than one sending takes. */
  isCut: boolean
}

/**
 * Everything of the workspace that a sending needs to know of its assets.
 *
 * @param ids null: all that are there
 */
export async function collectAssets(
  api: IconikApi,
  ids: readonly AssetId[] | null,
  signal?: AbortSignal,
): Promise<Collected> {
  const { documents, isCut } =
    ids === null ? await allAssets(api, signal) : await theseAssets(api, ids, signal)
  const collections = await collectionPaths(api, signal)
  const collected: Collected = { assets: [], left: [], isCut }
  const found = new Set(documents.map(({ id }) => id))
  for (const id of ids ?? [])
    if (!found.has(id))
      collected.left.push({ title: id, reason: 'The search of the workspace does not know it (yet).' })
  const taken: SourceAsset[] = []
  let next = 0
  const work = async () => {
    for (let at = next++; at < documents.length; at = next++) {
      const document = documents[at] as AssetDocument
      const asset = await withFiles(api, document, collections, signal)
      if (typeof asset === 'string') collected.left.push({ title: document.title, reason: asset })
      else taken[at] = asset
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  collected.assets = taken.filter(Boolean)
  return collected
}

async function theseAssets(api: IconikApi, ids: readonly AssetId[], signal?: AbortSignal) {
  const documents: AssetDocument[] = []
  for (let at = 0; at < ids.length; at += PAGE) {
    const terms = [{ name: 'id', valueIn: ids.slice(at, at + PAGE) }]
    documents.push(...(await api.search.assets({ terms, perPage: PAGE }, signal)).rows)
  }
  return { documents: documents.filter(isActive), isCut: false }
}

async function allAssets(api: IconikApi, signal?: AbortSignal) {
  const documents: AssetDocument[] = []
  let searchAfter: unknown[] | undefined
  for (;;) {
    const page = await api.search.assets(
      {
        sort: [
          { name: 'date_created', order: 'asc' },
          { name: 'id', order: 'asc' },
        ],
        perPage: PAGE,
        ...(searchAfter && { searchAfter }),
      },
      signal,
    )
    documents.push(...page.rows.filter(isActive))
    if (page.searchAfter === null) return { documents, isCut: false }
    if (documents.length >= MOST_TO_SEND) return { documents: documents.slice(0, MOST_TO_SEND), isCut: true }
    searchAfter = page.searchAfter
  }
}

const isActive = ({ status }: AssetDocument) => status === 'ACTIVE'

/** @returns why it cannot go, in words */
async function withFiles(
  api: IconikApi,
  document: AssetDocument,
  paths: ReadonlyMap<CollectionId, string[]>,
  signal?: AbortSignal,
): Promise<SourceAsset | string> {
  const { id, title, metadata, defaultVersionId } = document
  const isCurrent = ({ versionId }: FileDocument) =>
    defaultVersionId === null || versionId === null || versionId === defaultVersionId
  const own = (await api.files.listFiles(id, {}, signal)).filter(isCurrent)
  const files = own.filter(({ status }) => status === 'CLOSED')
  if (files.length < own.length) return 'Its upload to the workspace is not complete.'
  if (files.length === 0) return 'It has no file.'
  if (files.some(({ sizeBytes }) => sizeBytes === null)) return 'The size of a file is not known.'
  const byName = (a: FileDocument, b: FileDocument) =>
    `${a.directoryPath}/${a.originalName}`.localeCompare(`${b.directoryPath}/${b.originalName}`)
  return {
    id,
    title,
    values: metadata,
    files: (files as SourceAsset['files']).sort(byName),
    collectionPath:
      document.inCollections.map((one) => paths.get(one)).find((path) => path !== undefined) ?? [],
  }
}

async function collectionPaths(api: IconikApi, signal?: AbortSignal): Promise<Map<CollectionId, string[]>> {
  const byId = new Map<CollectionId, CollectionDocument>()
  for (let page = 1; ; page += 1) {
    const { rows, pages } = await api.collections.list(page, PAGE, signal)
    for (const row of rows) byId.set(row.id, row)
    if (page >= pages) break
  }
  const paths = new Map<CollectionId, string[]>()
  for (const id of byId.keys()) {
    const path: string[] = []
    // A ring of parents, which no honest server has, must not hold us.
    for (let at = byId.get(id); at && path.length < 20; at = at.parentId ? byId.get(at.parentId) : undefined)
      path.unshift(at.title)
    paths.set(id, path)
  }
  return paths
}
