import type { ViewId } from '@contract/ids.ts'
import type { FieldDocument } from './iconik-api.ts'

/** An entry of a view as iconik holds it, with whatever else it says about the field. */
export type ViewEntryDocument = { name: string } & Record<string, unknown>
export interface RawView {
  id: ViewId
  name: string
  description: string | null
  entries: ViewEntryDocument[]
}
export interface CategoryDocument {
  name: string
  label: string
  viewIds: ViewId[]
}

/** What administrators change: fields, views and categories. Rejects like the rest of `IconikApi`. */
export interface MetadataModelApi {
  createField(field: FieldDocument, signal?: AbortSignal): Promise<void>
  /** The name stays. */
  updateField(field: FieldDocument, signal?: AbortSignal): Promise<void>
  deleteField(name: string, signal?: AbortSignal): Promise<void>
  /** Views with their own entries, not merged with the definitions of the fields. */
  rawViews(signal?: AbortSignal): Promise<RawView[]>
  rawView(id: ViewId, signal?: AbortSignal): Promise<RawView>
  createView(view: Omit<RawView, 'id'>, signal?: AbortSignal): Promise<ViewId>
  updateView(view: RawView, signal?: AbortSignal): Promise<void>
  deleteView(id: ViewId, signal?: AbortSignal): Promise<void>
  categories(objectType: string, signal?: AbortSignal): Promise<CategoryDocument[]>
  createCategory(objectType: string, category: CategoryDocument, signal?: AbortSignal): Promise<void>
  updateCategory(objectType: string, category: CategoryDocument, signal?: AbortSignal): Promise<void>
  deleteCategory(objectType: string, name: string, signal?: AbortSignal): Promise<void>
}
