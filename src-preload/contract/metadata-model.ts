import { z } from 'zod'
import { call } from './define.ts'
import { NoInput, Nothing, ViewId } from './ids.ts'
import { FIELD_TYPES, FieldView } from './metadata.ts'

const FieldName = z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/)

/** A field as its administrators see it. */
export const FieldDefinition = FieldView.omit({ isSeparator: true })
export type FieldDefinition = z.infer<typeof FieldDefinition>

/** A field's place in a view; null where the view leaves to the field what holds. */
export const ViewEntry = z.object({
  /** Name of a field, or of a divider: one that begins and ends with two underscores. */
  name: z.string().min(1).max(200),
  label: z.string().max(500).nullable(),
  required: z.boolean().nullable(),
  readOnly: z.boolean().nullable(),
  hideIfNotSet: z.boolean().nullable(),
})
export type ViewEntry = z.infer<typeof ViewEntry>

export const ViewDefinition = z.object({
  id: ViewId,
  name: z.string(),
  description: z.string(),
  entries: z.array(ViewEntry),
})
export type ViewDefinition = z.infer<typeof ViewDefinition>

/** What categories group the views of. */
export const CATEGORY_OBJECTS = ['assets', 'collections', 'segments', 'search'] as const
export const CategoryDefinition = z.object({
  objectType: z.enum(CATEGORY_OBJECTS),
  /** The key; fixed after creation. */
  name: z.string().regex(/^[\w-]{1,128}$/),
  label: z.string().min(1).max(500),
  viewIds: z.array(ViewId).max(500),
})
export type CategoryDefinition = z.infer<typeof CategoryDefinition>

export const MetadataModel = z.object({
  fields: z.array(FieldDefinition),
  views: z.array(ViewDefinition),
  categories: z.array(CategoryDefinition),
})
export type MetadataModel = z.infer<typeof MetadataModel>

const refusals = ['api.invalid', 'api.conflict'] as const

export const metadataModel = {
  'metadataModel.get': call({ input: NoInput, output: MetadataModel }),
  'metadataModel.saveField': call({
    input: z.object({
      isNew: z.boolean(),
      field: FieldDefinition.extend({ name: FieldName, fieldType: z.enum(FIELD_TYPES) }),
    }),
    output: Nothing,
    errors: refusals,
  }),
  /** Where a field is used: views that show it, and how many assets hold a value in it; null where that cannot be told. */
  'metadataModel.fieldUse': call({
    input: z.object({ name: z.string() }),
    output: z.object({
      views: z.array(z.object({ id: ViewId, name: z.string() })),
      assetCount: z.number().nullable(),
    }),
  }),
  'metadataModel.deleteField': call({ input: z.object({ name: z.string() }), output: Nothing }),
  /** Without an id a new view is made. */
  'metadataModel.saveView': call({
    input: ViewDefinition.extend({ id: ViewId.nullable(), name: z.string().trim().min(1).max(500) }),
    output: z.object({ id: ViewId }),
    errors: refusals,
  }),
  'metadataModel.deleteView': call({ input: z.object({ id: ViewId }), output: Nothing }),
  'metadataModel.saveCategory': call({
    input: z.object({ isNew: z.boolean(), category: CategoryDefinition }),
    output: Nothing,
    errors: refusals,
  }),
  'metadataModel.deleteCategory': call({
    input: z.object({ objectType: z.enum(CATEGORY_OBJECTS), name: z.string() }),
    output: Nothing,
  }),
}
