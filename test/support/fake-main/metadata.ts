import { ViewId } from '@contract/ids.ts'
import type { Handlers, Payload } from '@contract/index.ts'
import { FieldView, type MetadataValues } from '@contract/metadata.ts'

const viewId = ViewId.parse('00000001-0000-11f0-b000-000000000000')
const otherViewId = ViewId.parse('00000002-0000-11f0-b000-000000000000')

/** A view with a field of every type, and one with a few. */
export const fakeViews = [
  {
    id: viewId,
    name: 'Camera original',
    description: 'What comes from the set',
    fields: [
      {
        name: 'scene',
        label: 'Scene',
        fieldType: 'string',
        required: true,
        useAsFacet: true,
        description: 'As on the slate',
      },
      { name: 'take', label: 'Take', fieldType: 'integer', minValue: 1, maxValue: 99 },
      { name: 'shoot_date', label: 'Shoot date', fieldType: 'date', required: true, useAsFacet: true },
      {
        name: 'camera',
        label: 'Camera',
        fieldType: 'drop_down',
        useAsFacet: true,
        options: ['ALEXA 35, A camera', 'ALEXA 35, B camera', 'Mavic 3 Cine'].map((label) => ({
          label,
          value: label,
        })),
      },
      { name: 'frame_rate', label: 'Frame rate', fieldType: 'float', minValue: 1, maxValue: 120 },
      { name: 'keywords', label: 'Keywords', fieldType: 'tag_cloud', multi: true, useAsFacet: true },
      { name: 'circled', label: 'Circled', fieldType: 'boolean', useAsFacet: true },
      { name: 'reel', label: 'Source reel', fieldType: 'string_exact', readOnly: true, useAsFacet: true },
      { name: 'line', label: 'Delivery', fieldType: 'string', isSeparator: true },
      { name: 'notes', label: 'Notes', fieldType: 'text' },
      { name: 'released', label: 'Released', fieldType: 'datetime', useAsFacet: true },
      { name: 'link', label: 'Report', fieldType: 'url' },
      { name: 'contact', label: 'Contact', fieldType: 'email' },
      {
        name: 'lenses',
        label: 'Lenses',
        fieldType: 'drop_down',
        multi: true,
        options: ['21 mm', '29 mm', '40 mm', '75 mm', '125 mm'].map((label) => ({ label, value: label })),
      },
    ].map((field) => FieldView.parse(field)),
  },
  {
    id: otherViewId,
    name: 'Rights',
    description: '',
    fields: [FieldView.parse({ name: 'owner', label: 'Owner', fieldType: 'string' })],
  },
]

export function fakeMetadata(
  changed: (payload: Payload<'metadata.changed'>) => void,
  options: { conflicts?: boolean } = {},
): Partial<Handlers> {
  const start: MetadataValues = {
    scene: ['42C'],
    take: ['1'],
    shoot_date: ['2026-03-18'],
    camera: ['ALEXA 35, A camera'],
    frame_rate: ['24'],
    keywords: ['jetty', 'dawn', 'boats'],
    circled: ['true'],
    reel: ['A014R1K7'],
  }
  const edited = new Map<string, MetadataValues>()
  const conflicts = new Set<string>(options.conflicts ? ['keywords'] : [])
  return {
    'metadata.views': async () => fakeViews,
    'metadata.categories': async () => [],
    'metadata.view': async ({ id }) => fakeViews.find((view) => view.id === id) ?? fakeViews[0]!,
    'metadata.values': async ({ assetId }) => ({
      values: { ...start, ...edited.get(assetId) },
      pending: [],
      conflicts: [...conflicts].map((field) => ({
        field,
        mine: ['jetty', 'dawn', 'boats'],
        theirs: ['jetty', 'select'],
      })),
    }),
    'metadata.summary': async ({ assetIds }) => {
      const all = assetIds.map((id): MetadataValues => ({ ...start, ...edited.get(id) }))
      const names = new Set(all.flatMap((values) => Object.keys(values)))
      return Object.fromEntries(
        [...names].map((name) => {
          const isMixed = new Set(all.map((values) => JSON.stringify(values[name] ?? []))).size > 1
          return [name, { values: isMixed ? [] : (all[0]?.[name] ?? []), isMixed }]
        }),
      )
    },
    'metadata.edit': async ({ assetIds, changes }) => {
      for (const id of assetIds) {
        const values = { ...edited.get(id) }
        for (const [name, change] of Object.entries(changes)) {
          const before = values[name] ?? start[name] ?? []
          if (change.mode === 'append') values[name] = [...new Set([...before, ...change.values])]
          else values[name] = change.mode === 'delete' ? [] : change.values
        }
        edited.set(id, values)
      }
      changed({ assetIds })
      return { saved: true, editId: 5 }
    },
    'metadata.resolveConflict': async ({ field, assetId }) => {
      conflicts.delete(field)
      changed({ assetIds: [assetId] })
      return null
    },
  }
}
