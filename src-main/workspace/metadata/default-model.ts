import type { Core } from '../core.ts'
import { newField } from '../routes/metadata-model.ts'
import type { MetadataField, ViewField } from '../store/tables.ts'

type Draft = Partial<MetadataField> & { name: string; label: string; field_type: string }
const choices = (...values: string[]) => values.map((value) => ({ label: value, value }))

/** Fields that a post-production team would make first; every type is there once. */
const fields: Draft[] = [
  { name: 'Description', label: 'Description', field_type: 'text', representative: true },
  { name: 'Project', label: 'Project', field_type: 'string', use_as_facet: true, sortable: true },
  { name: 'Scene', label: 'Scene', field_type: 'string_exact', use_as_facet: true, sortable: true },
  { name: 'Take', label: 'Take', field_type: 'integer', min_value: 0, max_value: 999, sortable: true },
  {
    name: 'Camera',
    label: 'Camera',
    field_type: 'drop_down',
    options: choices('A', 'B', 'C', 'D', 'Drone', 'GoPro'),
    use_as_facet: true,
  },
  { name: 'ShootDate', label: 'Shoot date', field_type: 'date', use_as_facet: true, sortable: true },
  { name: 'Keywords', label: 'Keywords', field_type: 'tag_cloud', multi: true, use_as_facet: true },
  { name: 'Circled', label: 'Circled take', field_type: 'boolean', use_as_facet: true },
  { name: 'Rating', label: 'Rating', field_type: 'float', min_value: 0, max_value: 5, sortable: true },
  {
    name: 'Status',
    label: 'Status',
    field_type: 'drop_down',
    options: choices('Raw', 'Selected', 'In edit', 'Approved', 'Delivered'),
    use_as_facet: true,
  },
  { name: 'Reviewed', label: 'Reviewed at', field_type: 'datetime' },
  { name: 'Reference', label: 'Reference', field_type: 'url' },
  { name: 'Contact', label: 'Contact', field_type: 'email' },
  {
    name: 'Rights',
    label: 'Rights',
    field_type: 'drop_down',
    options: choices('Cleared', 'Restricted', 'Unknown'),
    use_as_facet: true,
  },
]

const views: { name: string; description: string; fields: (string | ViewField)[] }[] = [
  {
    name: 'Clip',
    description: 'What a clip is and where it belongs',
    fields: [
      'Description',
      'Project',
      '__separator__',
      'Scene',
      'Take',
      'Camera',
      'ShootDate',
      '__separator__',
      'Circled',
      'Rating',
      'Keywords',
    ],
  },
  {
    name: 'Review',
    description: 'How far a clip is',
    fields: ['Status', 'Reviewed', 'Reference', 'Contact'],
  },
  {
    name: 'Rights',
    description: 'Who may use a clip',
    fields: [{ name: 'Rights', required: true }, 'Contact'],
  },
]

/** Gives a new workspace fields, views and categories, so that its forms are not empty. */
export function createDefaultModel(core: Core): void {
  if (core.tables.fields.count() > 0 || core.tables.views.count() > 0) return
  for (const field of fields) core.tables.fields.insert(newField(field))
  const ids = views.map((view) => {
    const view_fields = view.fields.map((entry) => (typeof entry === 'string' ? { name: entry } : entry))
    return core.tables.views.insert({ name: view.name, description: view.description, view_fields }).id
  })
  const first = ids.slice(0, 1)
  for (const [type, view_ids] of [
    ['assets', ids],
    ['collections', first],
    ['segments', first],
    ['search', ids],
  ] as const)
    core.tables.categories.insert({
      object_type: type,
      name: 'default',
      label: 'Default',
      view_ids: [...view_ids],
    })
}
