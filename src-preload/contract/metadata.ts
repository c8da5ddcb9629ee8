import { z } from 'zod'
import { call, event } from './define.ts'
import { AssetId, NoInput, Nothing, ViewId } from './ids.ts'

export const FIELD_TYPES = [
  'integer',
  'float',
  'boolean',
  'string',
  'string_exact',
  'text',
  'date',
  'datetime',
  'tag_cloud',
  'url',
  'drop_down',
  'email',
] as const

export const FieldView = z.object({
  /** The key; fixed after creation. */
  name: z.string(),
  label: z.string(),
  description: z.string().default(''),
  /** A type that this version does not know is edited as text. */
  fieldType: z.string(),
  options: z.array(z.object({ label: z.string(), value: z.string() })).default([]),
  required: z.boolean().default(false),
  readOnly: z.boolean().default(false),
  hideIfNotSet: z.boolean().default(false),
  multi: z.boolean().default(false),
  minValue: z.number().nullable().default(null),
  maxValue: z.number().nullable().default(null),
  useAsFacet: z.boolean().default(false),
  sortable: z.boolean().default(false),
  /** A divider between groups of fields, not a field. */
  isSeparator: z.boolean().default(false),
})
export type FieldView = z.infer<typeof FieldView>

export const ViewSummary = z.object({ id: ViewId, name: z.string(), description: z.string() })
export type ViewSummary = z.infer<typeof ViewSummary>
export const MetadataView = ViewSummary.extend({ fields: z.array(FieldView) })
export type MetadataView = z.infer<typeof MetadataView>

/** Field name to its values, each as iconik stores it: a string. An empty list clears. */
export const MetadataValues = z.record(z.string(), z.array(z.string().max(100_000)).max(1000))
export type MetadataValues = z.infer<typeof MetadataValues>

export const metadata = {
  'metadata.views': call({ input: NoInput, output: z.array(ViewSummary) }),
  /** How views are grouped for a kind of object; [] where iconik tells of no categories. */
  'metadata.categories': call({
    input: z.object({ objectType: z.enum(['assets', 'collections', 'search']) }),
    output: z.array(z.object({ name: z.string(), label: z.string(), viewIds: z.array(ViewId) })),
  }),
  'metadata.view': call({ input: z.object({ id: ViewId }), output: MetadataView }),
  /** Values of one asset in one view, as last read, with edits that wait laid over them. */
  'metadata.values': call({
    input: z.object({ assetId: AssetId, viewId: ViewId }),
    output: z.object({
      values: MetadataValues,
      /** Fields whose edit has not reached the server yet. */
      pending: z.array(z.string()),
      /** Fields that changed on the server after the edit was begun. */
      conflicts: z.array(
        z.object({ field: z.string(), mine: z.array(z.string()), theirs: z.array(z.string()) }),
      ),
    }),
  }),
  /** What many assets have in common: by field the values that all have, or that they differ. */
  'metadata.summary': call({
    input: z.object({ assetIds: z.array(AssetId).min(1).max(100_000), viewId: ViewId }),
    output: z.record(z.string(), z.object({ values: z.array(z.string()), isMixed: z.boolean() })),
  }),
  /**
   * Writes changed fields of assets. `base` holds the values the form was opened with, so that a change on the server
   * in between is found. Mode per field as in iconik: overwrite, append or delete.
   */
  'metadata.edit': call({
    input: z.object({
      assetIds: z.array(AssetId).min(1).max(100_000),
      viewId: ViewId,
      changes: z.record(
        z.string(),
        z.object({ mode: z.enum(['overwrite', 'append', 'delete']), values: z.array(z.string()).max(1000) }),
      ),
      base: MetadataValues.optional(),
    }),
    /** `editId` is what `edits.undo` takes. */
    output: z.object({ saved: z.boolean(), editId: z.number().int().nullable() }),
    errors: ['api.invalid', 'api.conflict'],
  }),
  'metadata.resolveConflict': call({
    input: z.object({
      assetId: AssetId,
      viewId: ViewId,
      field: z.string(),
      keep: z.enum(['mine', 'theirs']),
    }),
    output: Nothing,
  }),
  'metadata.changed': event(z.object({ assetIds: z.array(AssetId).nullable() })),
}
