import type { AssetId, ViewId } from '@contract/ids.ts'
import type { FieldView, MetadataValues, MetadataView, ViewSummary } from '@contract/metadata.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { applyChanges, type FieldEdit, isSameValues, pickFields } from '../../core/library/field-edits.ts'
import type { CategoryDocument } from '../../ports/metadata-model-api.ts'
import type { FieldDocument, ViewDocument } from '../../ports/iconik-api.ts'
import type { FieldSummary, KeptKind, LibraryStore, PendingEdit } from '../../ports/library-store.ts'
import type { Library } from './library.ts'
import { keptWhenAway } from './kept-when-away.ts'
import { sendSoon, throwRefusal } from './send-soon.ts'

export interface ValuesView {
  values: MetadataValues
  pending: string[]
  conflicts: { field: string; mine: string[]; theirs: string[] }[]
}

/** Views and values of metadata: shown as last read while the server is asked again, changed through the outbox. */
export class Metadata {
  readonly #library: Library

  constructor(library: Library) {
    this.#library = library
  }

  async views(signal?: AbortSignal): Promise<ViewSummary[]> {
    return this.#fresh('views', 'all', async () => {
      const { metadata } = this.#api()
      const [views, fields] = await Promise.all([metadata.listViews(signal), metadata.listFields(signal)])
      await (
        await this.#library.store()
      ).keep(
        'fields',
        'all',
        fields.map(({ name, label }) => ({ name, label })),
      )
      return views.map(({ id, name, description }) => ({ id, name, description: description ?? '' }))
    })
  }

  /** Categories of a kind of object. Whoever may not read them, or has none, has the views all the same. */
  async categories(objectType: string, signal?: AbortSignal): Promise<CategoryDocument[]> {
    return this.#fresh('views', `categories of ${objectType}`, async () => {
      try {
        return await this.#api().model.categories(objectType, signal)
      } catch (error) {
        const code = findAppError(error)?.code
        if (code === 'api.not-found' || code === 'api.invalid' || code === 'auth.role-missing') return []
        throw error
      }
    })
  }

  async view(id: ViewId, signal?: AbortSignal): Promise<MetadataView> {
    return this.#fresh('view', id, async () => viewOf(await this.#api().metadata.getView(id, signal)))
  }

  /** Values as last read with waiting edits laid over them. Known values are shown at once and read again behind. */
  async values(assetId: AssetId, viewId: ViewId, signal?: AbortSignal): Promise<ValuesView> {
    const store = await this.#library.store()
    const key = `${assetId} ${viewId}`
    const known = ((await store.kept('values', key)) ??
      (await this.#mirrored(assetId, viewId))) as MetadataValues | null
    const server = known ?? (await this.#readValues(assetId, viewId, signal))
    if (known && this.#library.isSignedIn) void this.#refreshValues(assetId, viewId, known)
    return overlay(server, await store.editsOf(assetId, viewId))
  }

  /** What many assets have in the fields of a view: shared values, or that they differ. Answered from the mirror. */
  async summary(assetIds: AssetId[], viewId: ViewId): Promise<Record<string, FieldSummary>> {
    const { fields } = await this.view(viewId)
    const names = fields.filter(({ isSeparator }) => !isSeparator).map(({ name }) => name)
    return (await this.#library.store()).summarise(assetIds, viewId, names)
  }

  /**
   * Writes the edit down, then sends it.
   *
   * @returns whether it has reached the server; if not, it is sent when it can be
   * @throws AppError api.invalid when the server refused it, api.conflict when a field changed there meanwhile
   */
  async edit(
    assetIds: AssetId[],
    viewId: ViewId,
    changes: Record<string, FieldEdit>,
    base?: MetadataValues,
  ): Promise<{ saved: boolean; editId: number | null }> {
    if (Object.keys(changes).length === 0) return { saved: true, editId: null }
    const store = await this.#library.store()
    const isOne = assetIds.length === 1
    const editId = await store.addEdit({
      kind: 'metadata',
      assetIds,
      viewId,
      changes,
      base: isOne ? (base ?? null) : null,
      createdMs: Date.now(),
    })
    this.#library.changed()
    const isSent = await sendSoon(this.#library, editId)
    if (!isSent) {
      this.#library.metadataChanged(assetIds)
      return { saved: false, editId }
    }
    await throwRefusal(store, editId)
    this.#library.changed()
    const left = await store.edit(editId)
    if (left?.state === 'conflict')
      throw new AppError('api.conflict', 'These fields changed in iconik since you opened them.', {
        details: { fields: Object.keys(left.theirs) },
      })
    return { saved: true, editId }
  }

  /** Settles one field: keeps what was written here, or takes what the server holds. */
  async resolveConflict(
    assetId: AssetId,
    viewId: ViewId,
    field: string,
    keep: 'mine' | 'theirs',
  ): Promise<void> {
    const store = await this.#library.store()
    for (const edit of await store.editsOf(assetId, viewId))
      if (edit.state === 'conflict' && field in edit.theirs) {
        await settle(store, edit, field, keep)
        await sendSoon(this.#library, edit.id)
      }
    this.#library.changed()
    this.#library.metadataChanged([assetId])
  }

  /** As search told of the asset, in the fields of a view that was seen before. */
  async #mirrored(assetId: AssetId, viewId: ViewId): Promise<MetadataValues | null> {
    const store = await this.#library.store()
    const view = (await store.kept('view', viewId)) as MetadataView | null
    const [values] = view ? await store.metadataOf([assetId]) : []
    if (!view || !values) return null
    const isSet = ({ name }: FieldView) => values[name] !== undefined
    return pickFields(
      values,
      view.fields.filter(isSet).map(({ name }) => name),
    )
  }

  #api() {
    return this.#library.session().api.inLane('person')
  }

  async #readValues(assetId: AssetId, viewId: ViewId, signal?: AbortSignal): Promise<MetadataValues> {
    const { values } = await this.#api().metadata.getValues('assets', assetId, viewId, signal)
    await (await this.#library.store()).keep('values', `${assetId} ${viewId}`, values)
    return values
  }

  async #refreshValues(assetId: AssetId, viewId: ViewId, known: MetadataValues): Promise<void> {
    try {
      const now = await this.#readValues(assetId, viewId)
      if (!isSameValues(now, known)) this.#library.metadataChanged([assetId])
    } catch (error) {
      // What was shown stays; the next look reads again.
      if (!findAppError(error)) throw error
    }
  }

  /** From the server, or as last read when it cannot be reached. */
  async #fresh<T>(kind: KeptKind, key: string, read: () => Promise<T>): Promise<T> {
    return keptWhenAway(await this.#library.store(), kind, key, read)
  }
}

async function settle(
  store: LibraryStore,
  edit: PendingEdit,
  field: string,
  keep: 'mine' | 'theirs',
): Promise<void> {
  const { [field]: theirs = [], ...otherTheirs } = edit.theirs
  const { [field]: mine, ...otherChanges } = edit.changes
  const changes = keep === 'mine' && mine ? { ...otherChanges, [field]: mine } : otherChanges
  if (Object.keys(changes).length === 0) return store.removeEdit(edit.id)
  // What the person saw now includes what the server holds: the same value is no conflict a second time.
  const base = { ...edit.base, [field]: theirs }
  const state = Object.keys(otherTheirs).length === 0 ? 'waiting' : 'conflict'
  await store.updateEdit(edit.id, { changes, base, theirs: otherTheirs, state })
}

function overlay(server: MetadataValues, edits: readonly PendingEdit[]): ValuesView {
  let values = server
  const pending = new Set<string>()
  const conflicts: ValuesView['conflicts'] = []
  for (const edit of edits) {
    values = applyChanges(values, edit.changes)
    for (const [field, { values: mine }] of Object.entries(edit.changes)) {
      const theirs = edit.theirs[field]
      if (edit.state === 'conflict' && theirs) conflicts.push({ field, mine, theirs })
      else pending.add(field)
    }
  }
  return { values, pending: [...pending], conflicts }
}

const viewOf = (view: ViewDocument): MetadataView => ({
  id: view.id,
  name: view.name,
  description: view.description ?? '',
  fields: view.fields.map(fieldOf),
})

const fieldOf = (field: FieldDocument): FieldView => ({
  ...field,
  label: field.label || field.name,
  description: field.description ?? '',
  // iconik marks dividers by a pseudo field of this name.
  isSeparator: field.name.startsWith('__separator'),
})
