import type { ViewId } from '@contract/ids.ts'
import {
  CATEGORY_OBJECTS,
  type CategoryDefinition,
  type FieldDefinition,
  type MetadataModel as Model,
  type ViewDefinition,
  type ViewEntry,
} from '@contract/metadata-model.ts'
import { findAppError } from '../../core/errors.ts'
import type { AccountSession } from '../../ports/account-session.ts'
import type { ViewEntryDocument } from '../../ports/metadata-model-api.ts'

/** Fields, views and categories, as their administrators change them. */
export class MetadataModel {
  readonly #session: AccountSession
  readonly #onChanged: () => void

  /** @param onChanged forms that are open show the old model */
  constructor(session: AccountSession, onChanged: () => void) {
    this.#session = session
    this.#onChanged = onChanged
  }

  async get(signal?: AbortSignal): Promise<Model> {
    const { metadata, model } = this.#api()
    const [fields, views, categories] = await Promise.all([
      metadata.listFields(signal),
      model.rawViews(signal),
      Promise.all(CATEGORY_OBJECTS.map((objectType) => this.#categories(objectType, signal))),
    ])
    return {
      fields: fields.map((field) => ({
        ...field,
        label: field.label || field.name,
        description: field.description ?? '',
      })),
      views: views.map(({ id, name, description, entries }) => ({
        id,
        name,
        description: description ?? '',
        entries: entries.map(toEntry),
      })),
      categories: categories.flat(),
    }
  }

  async saveField(field: FieldDefinition, isNew: boolean): Promise<void> {
    const { model } = this.#api()
    await (isNew ? model.createField(field) : model.updateField(field))
    this.#onChanged()
  }

  async fieldUse(
    name: string,
    signal?: AbortSignal,
  ): Promise<{ views: { id: ViewId; name: string }[]; assetCount: number | null }> {
    const { model, search } = this.#api()
    const [views, assetCount] = await Promise.all([
      model.rawViews(signal),
      search.assets({ terms: [{ name: `metadata.${name}`, exists: true }], perPage: 1 }, signal).then(
        ({ total }) => total,
        (error: unknown) => {
          if (!findAppError(error)) throw error
          return null
        },
      ),
    ])
    const using = views.filter(({ entries }) => entries.some((entry) => entry.name === name))
    return { views: using.map((view) => ({ id: view.id, name: view.name })), assetCount }
  }

  async deleteField(name: string): Promise<void> {
    await this.#api().model.deleteField(name)
    this.#onChanged()
  }

  async saveView(view: Omit<ViewDefinition, 'id'> & { id: ViewId | null }): Promise<{ id: ViewId }> {
    const { model } = this.#api()
    const { id, name, description } = view
    if (id === null) {
      const made = await model.createView({
        name,
        description,
        entries: view.entries.map((entry) => toWire(entry)),
      })
      this.#onChanged()
      return { id: made }
    }
    // What a view says about a field and this version does not show, such as options of its own, is kept.
    const held = new Map((await model.rawView(id)).entries.map((entry) => [entry.name, entry]))
    await model.updateView({
      id,
      name,
      description,
      entries: view.entries.map((entry) =>
        toWire(entry, isDivider(entry.name) ? undefined : held.get(entry.name)),
      ),
    })
    this.#onChanged()
    return { id }
  }

  async deleteView(id: ViewId): Promise<void> {
    await this.#api().model.deleteView(id)
    this.#onChanged()
  }

  async saveCategory({ objectType, ...category }: CategoryDefinition, isNew: boolean): Promise<void> {
    const { model } = this.#api()
    await (isNew ? model.createCategory(objectType, category) : model.updateCategory(objectType, category))
    this.#onChanged()
  }

  async deleteCategory(objectType: CategoryDefinition['objectType'], name: string): Promise<void> {
    await this.#api().model.deleteCategory(objectType, name)
    this.#onChanged()
  }

  async #categories(
    objectType: CategoryDefinition['objectType'],
    signal?: AbortSignal,
  ): Promise<CategoryDefinition[]> {
    try {
      const found = await this.#api().model.categories(objectType, signal)
      return found.map((category) => ({ objectType, ...category }))
    } catch (error) {
      // Which kinds of objects have categories is nowhere written down; one that has none is no failure.
      const code = findAppError(error)?.code
      if (code === 'api.not-found' || code === 'api.invalid') return []
      throw error
    }
  }

  #api() {
    return this.#session.require().api.inLane('person')
  }
}

const isDivider = (name: string) => /^__.*__$/.test(name)
const flag = (value: unknown) => (typeof value === 'boolean' ? value : null)

const toEntry = (entry: ViewEntryDocument): ViewEntry => ({
  name: entry.name,
  label: typeof entry['label'] === 'string' && entry['label'] !== '' ? entry['label'] : null,
  required: flag(entry['required']),
  readOnly: flag(entry['read_only']),
  hideIfNotSet: flag(entry['hide_if_not_set']),
})

function toWire(entry: ViewEntry, held: ViewEntryDocument = { name: entry.name }): ViewEntryDocument {
  const own = {
    label: entry.label,
    required: entry.required,
    read_only: entry.readOnly,
    hide_if_not_set: entry.hideIfNotSet,
  }
  const { label: _l, required: _r, read_only: _o, hide_if_not_set: _h, ...rest } = held
  // Left out, so that the field's own setting holds.
  const said = Object.entries(own).filter(([, value]) => value !== null)
  return { ...rest, ...Object.fromEntries(said), name: entry.name }
}
