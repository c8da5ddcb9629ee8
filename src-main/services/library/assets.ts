import { MOST_ADDED_UP } from '@contract/assets.ts'
import type {
  AssetDetail,
  AssetGroups,
  AssetQuery,
  Facet,
  FormatView,
  ListedAsset,
  Totals,
} from '@contract/assets.ts'
import { randomUUID } from 'node:crypto'
import type { AssetId, CollectionId, ViewId, Window } from '@contract/ids.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { factsOfFormats } from '../../core/library/media-facts.ts'
import { settingEdits } from '../../core/library/field-edits.ts'
import type { CreateAsset, FormatDocument, IconikApi } from '../../ports/iconik-api.ts'
import type { LibraryStore, ListShape } from '../../ports/library-store.ts'
import type { ProvenFile } from '../../ports/upload-journal.ts'
import type { Library } from './library.ts'
import { keptWhenAway } from './kept-when-away.ts'
import { sendSoon, throwRefusal } from './send-soon.ts'

const MOST_IDS = 100_000

/** What the journal of this machine knows of assets. */
export interface ProofLookup {
  provenFiles(assetId: AssetId): readonly ProvenFile[]
  /** Those of these assets whose latest upload from here was proven. */
  provenAssets(ids: AssetId[]): readonly AssetId[]
}

/** Assets as the page asks for them: lists and details from the mirror, changes through the server or the outbox. */
export class Assets {
  readonly #library: Library
  readonly #journal: ProofLookup

  /** @param journal what this machine saw proven */
  constructor(library: Library, journal: ProofLookup = { provenFiles: () => [], provenAssets: () => [] }) {
    this.#library = library
    this.#journal = journal
  }

  async query(
    query: AssetQuery,
    window: Window,
    shape: ListShape = {},
  ): Promise<{ revision: number; total: number; rows: ListedAsset[] }> {
    const answer = await (await this.#library.store()).query(query, window, shape)
    const proven = new Set(this.#journal.provenAssets(answer.rows.map(({ id }) => id)))
    return { ...answer, rows: answer.rows.map((row) => ({ ...row, isProven: proven.has(row.id) })) }
  }

  async groups(query: AssetQuery, groupBy: string): Promise<AssetGroups> {
    return (await this.#library.store()).groups(query, groupBy)
  }

  async counts(queries: AssetQuery[]): Promise<number[]> {
    const store = await this.#library.store()
    return Promise.all(queries.map((query) => store.count(query)))
  }

  async totals(of: { query: AssetQuery } | { ids: AssetId[] }): Promise<Totals | null> {
    return (await this.#library.store()).totals(of, MOST_ADDED_UP)
  }

  async ids(query: AssetQuery, from: number, to: number, groupBy: string | null = null): Promise<AssetId[]> {
    return (await this.#library.store()).ids(query, from, Math.min(to, from + MOST_IDS - 1), groupBy)
  }

  async facets(query: AssetQuery, fields: string[], perField: number): Promise<Facet[]> {
    const store = await this.#library.store()
    // One by one: a list that somebody waits for goes between them.
    const facets = (await Promise.all(fields.map((field) => store.facets(query, [field], perField)))).flat()
    const labels = await this.#fieldLabels()
    return facets.map((facet) => ({ ...facet, label: labels.get(facet.field) ?? facet.label }))
  }

  async get(id: AssetId, signal?: AbortSignal): Promise<AssetDetail> {
    const store = await this.#library.store()
    let detail = await store.get(id)
    if (!detail) {
      // It may be newer than the mirror.
      await this.#library.runner?.reread([id], signal ?? new AbortController().signal)
      detail = await store.get(id)
    }
    if (!detail) throw new AppError('api.not-found', 'The asset does not exist in iconik.')
    const { metadata: _, ...shown } = detail
    return { ...shown, webUrl: this.webUrlOf(id) }
  }

  /** Address in iconik's web interface; null for a local workspace or while nobody is signed in. */
  webUrlOf(id: AssetId): string | null {
    if (!this.#library.isSignedIn) return null
    const { kind, url } = this.#library.session()
    return kind === 'local' ? null : `${url}/asset/${id}`
  }

  /** Formats with file sets and files; as last read when the server cannot be reached. */
  async formats(id: AssetId, signal?: AbortSignal): Promise<FormatView[]> {
    return keptWhenAway(await this.#library.store(), 'formats', id, () => this.#readFormats(id, signal))
  }

  /**
   * Makes an asset that waits for its file. Either all of it is there afterwards or nothing.
   *
   * @throws AppError api.invalid auth.role-missing network.*
   */
  async createPlaceholder(wanted: {
    title: string
    collectionId: CollectionId | null
    viewId: ViewId | null
    values: Record<string, string[]>
  }): Promise<{ id: AssetId }> {
    const { title, collectionId, viewId, values } = wanted
    const api = this.#library.session().api.inLane('person')
    const id = await this.#createOnce(api, {
      title,
      collectionId,
      externalId: randomUUID(),
      access: collectionId === null ? 'default' : 'collection',
      type: 'PLACEHOLDER',
    })
    try {
      if (viewId !== null && Object.keys(values).length > 0)
        await api.metadata.putValues('assets', id, viewId, settingEdits(values))
    } catch (error) {
      await api.assets.deleteUpload(id)
      throw error
    }
    this.#library.noticed([id])
    return { id }
  }

  /** A create whose answer got lost may have taken effect: what carries its external id is the one that was asked for. */
  async #createOnce(api: IconikApi, asset: CreateAsset): Promise<AssetId> {
    try {
      return (await api.assets.create(asset)).id
    } catch (error) {
      if (!findAppError(error)?.code.startsWith('network.')) throw error
      const terms = [{ name: 'external_id', value: asset.externalId }]
      const { rows } = await api.search.assets({ terms, perPage: 1 }).catch(() => ({ rows: [] }))
      const [made] = rows
      if (made?.externalId !== asset.externalId) throw error
      return made.id
    }
  }

  /** Shown at once; sent now or when the server can be reached. */
  async rename(id: AssetId, title: string): Promise<void> {
    const store = await this.#library.store()
    const editId = await store.addEdit({
      kind: 'rename',
      assetIds: [id],
      viewId: null,
      changes: { title: { mode: 'overwrite', values: [title] } },
      base: null,
      createdMs: Date.now(),
    })
    await store.rename(id, title)
    this.#library.changed()
    await sendSoon(this.#library, editId)
  }

  trash(ids: AssetId[]): Promise<{ editId: number }> {
    return this.#setAside('trash', ids, (store) => store.setStatus(ids, 'DELETED'))
  }

  restore(ids: AssetId[]): Promise<{ editId: number }> {
    return this.#setAside('restore', ids, (store) => store.setStatus(ids, 'ACTIVE'))
  }

  purge(ids: AssetId[]): Promise<{ editId: number }> {
    return this.#setAside('purge', ids, (store) => store.remove(ids))
  }

  /**
   * Written down, shown at once, and sent now or when the server can be reached.
   *
   * @throws AppError when the server refused it; what was shown is then taken back
   */
  async #setAside(
    kind: 'trash' | 'restore' | 'purge',
    assetIds: AssetId[],
    show: (store: LibraryStore) => Promise<void>,
  ): Promise<{ editId: number }> {
    const store = await this.#library.store()
    const createdMs = Date.now()
    const editId = await store.addEdit({ kind, assetIds, viewId: null, changes: {}, base: null, createdMs })
    await show(store)
    this.#library.changed()
    await sendSoon(this.#library, editId)
    await throwRefusal(store, editId)
    return { editId }
  }

  async #readFormats(id: AssetId, signal?: AbortSignal): Promise<FormatView[]> {
    const api = this.#library.session().api.inLane('person')
    const [formats, fileSets, files, storages] = await Promise.all([
      api.files.listFormats(id, signal),
      api.files.listFileSets(id, signal),
      api.files.listFiles(id, {}, signal),
      this.#storageNames(signal),
    ])
    await this.#noteFacts(id, formats)
    const proofs = new Map(this.#journal.provenFiles(id).map(({ fileId, evidence }) => [fileId, evidence]))
    return formats.map((format) => ({
      id: format.id,
      name: format.name,
      status: format.status,
      isOnline: format.isOnline,
      metadata: format.metadata,
      components: format.components,
      fileSets: fileSets
        .filter((fileSet) => fileSet.formatId === format.id)
        .map((fileSet) => {
          const members = files.filter((file) => file.fileSetId === fileSet.id)
          return {
            id: fileSet.id,
            name: fileSet.name,
            storageId: fileSet.storageId,
            storageName: storages.get(fileSet.storageId ?? '') ?? '',
            status: fileSet.status,
            fileCount: fileSet.fileCount ?? members.length,
            files: members.map((file) => ({
              id: file.id,
              name: file.originalName || file.name,
              directoryPath: file.directoryPath,
              sizeBytes: file.sizeBytes,
              status: file.status,
              checksum: file.checksum,
              // What was proven is what lay there then: a file that is open again is another matter.
              proof: file.status === 'CLOSED' ? (proofs.get(file.id) ?? null) : null,
            })),
          }
        }),
    }))
  }

  /** Search documents do not always carry picture size and rate; once read, they stay in the row. */
  async #noteFacts(id: AssetId, formats: readonly FormatDocument[]): Promise<void> {
    const facts = factsOfFormats(formats)
    if (Object.values(facts).every((fact) => fact === null)) return
    const store = await this.#library.store()
    const before = await store.get(id)
    if (!before || (before.width === facts.width && before.frameRate === facts.frameRate)) return
    await store.setFacts(id, facts)
    this.#library.changed()
  }

  async #storageNames(signal?: AbortSignal): Promise<Map<string, string>> {
    const storages = await this.#library.session().api.inLane('person').storages.list(signal)
    return new Map(storages.map(({ id, name }) => [id, name]))
  }

  async #fieldLabels(): Promise<Map<string, string>> {
    const store = await this.#library.store()
    const fields = ((await store.kept('fields', 'all')) ?? []) as { name: string; label: string }[]
    return new Map([
      ...Object.entries(BUILT_IN_LABELS),
      ...fields.map(({ name, label }) => [`metadata.${name}`, label || name] as const),
    ])
  }
}

const BUILT_IN_LABELS: Record<string, string> = {
  media_type: 'Type',
  type: 'Kind',
  date_created: 'Date',
  collection: 'Collection',
  format: 'Format',
  status: 'Status',
}
