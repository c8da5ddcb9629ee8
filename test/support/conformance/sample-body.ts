import { unique, type SampleWorld } from './sample-world.ts'

/** What JSON Schema and the descriptions of iconik have in common, as far as a sample needs it. */
export interface ShapeSchema {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, ShapeSchema>
  items?: ShapeSchema
  anyOf?: ShapeSchema[]
  oneOf?: ShapeSchema[]
  allOf?: ShapeSchema[]
  enum?: unknown[]
  const?: unknown
  required?: string[]
  readOnly?: boolean
  nullable?: boolean
  minimum?: number
  maximum?: number
  minItems?: number
  format?: string
  additionalProperties?: boolean | ShapeSchema
}

type Resolve = (schema: ShapeSchema) => ShapeSchema
const asItIs: Resolve = (schema) => schema

/** Keys that name another object, or that have to be of a certain form, with what fits. */
const meaning: Record<string, (world: SampleWorld) => unknown> = {
  asset_id: async (world) => (await world.asset())['id'],
  collection_id: async (world) => (await world.collection())['id'],
  parent_id: () => null,
  related_to_asset_id: async (world) => (await world.otherAsset())['id'],
  format_id: async (world) => (await world.format())['id'],
  file_set_id: async (world) => (await world.fileSet())['id'],
  archive_file_set_id: () => null,
  storage_id: async (world) => (await world.storage())['id'],
  original_storage_id: async (world) => (await world.storage())['id'],
  version_id: async (world) => (await world.firstVersion())['id'],
  source_version_id: async (world) => (await world.firstVersion())['id'],
  user_id: async (world) => (await world.user())['id'],
  default_user_id: async (world) => (await world.user())['id'],
  group_id: async (world) => (await world.group())['id'],
  metadata_view_id: async (world) => (await world.view())['id'],
  object_id: async (world) => (await world.asset())['id'],
  object_type: () => 'assets',
  object_keys: async (world) => [(await world.asset())['id']],
  object_ids: async (world) => [(await world.asset())['id']],
  user_ids: async (world) => [(await world.user())['id']],
  group_ids: async (world) => [(await world.group())['id']],
  view_ids: async (world) => [(await world.view())['id']],
  job_ids: async (world) => [(await world.job())['id']],
  component_ids: () => [],
  asset_ids: async (world) => [(await world.asset())['id']],
  keyframe_asset_ids: async (world) => [(await world.asset())['id']],
  person_ids: () => [],
  groups: async (world) => [(await world.group())['id']],
  primary_group: async (world) => (await world.group())['id'],
  roles: () => ['can_read_assets'],
  email: () => `${unique('sample')}@example.com`,
  name: () => unique('sample'),
  title: () => unique('sample'),
  url: () => 'https://example.com/',
  source_url: () => 'https://example.com/options',
  password: () => 'long enough',
  external_id: () => unique('external'),
  size: () => 5,
}
const idKey = /_id$|^custom_(keyframe|poster)$/
const dateKey = /^date_|_at$|_date_|^last_scanned$/

/**
 * A value that fits a schema, every key filled in that a client may send. Keys that only the server sets are left out, as
 * are those in `omit`.
 */
export async function sampleOf(
  schema: ShapeSchema,
  world: SampleWorld,
  options: { resolve?: Resolve; omit?: readonly string[]; key?: string; depth?: number } = {},
): Promise<unknown> {
  const { resolve = asItIs, key = '', depth = 0 } = options
  const own = resolve(schema)
  const known = Object.hasOwn(meaning, key) ? meaning[key] : undefined
  if (own.const !== undefined) return own.const
  if (own.enum) return own.enum.find((value) => value !== null)
  if (known && depth > 0) return known(world)
  const choice = (own.anyOf ?? own.oneOf)?.find((option) => resolve(option).type !== 'null')
  if (choice) return sampleOf(choice, world, options)
  const type = Array.isArray(own.type) ? own.type.find((name) => name !== 'null') : own.type
  if (own.properties || own.allOf) {
    const parts = [own, ...(own.allOf ?? []).map(resolve)]
    const body: Record<string, unknown> = {}
    for (const [name, property] of parts.flatMap((part) => Object.entries(part.properties ?? {}))) {
      if (resolve(property).readOnly || property.readOnly || options.omit?.includes(name)) continue
      if (depth > 4) continue
      body[name] = await sampleOf(property, world, { resolve, key: name, depth: depth + 1 })
    }
    return body
  }
  if (type === 'array')
    return own.items ? [await sampleOf(own.items, world, { resolve, key, depth: depth + 1 })] : []
  if (type === 'object') return {}
  if (type === 'boolean') return false
  if (type === 'integer' || type === 'number') return Math.max(1, own.minimum ?? 1)
  if (type !== 'string') return {}
  if (dateKey.test(key) || own.format === 'date-time') return '2026-01-02T03:04:05.000000+00:00'
  if (idKey.test(key) || own.format === 'uuid') return (await world.asset())['id']
  return unique('text')
}

/** Every key of a body's schema with a value of the wrong type for it; keys that take anything are left out. */
export function wrongValues(schema: ShapeSchema): { key: string; value: unknown }[] {
  return Object.entries(schema.properties ?? {}).flatMap(
    ([key, property]): { key: string; value: unknown }[] => {
      const types = typesOf(property)
      if (types.size === 0) return []
      if (!types.has('object') && !types.has('any')) return [{ key, value: { wrong: true } }]
      return types.has('any') || types.has('array') ? [] : [{ key, value: ['wrong'] }]
    },
  )
}

function typesOf(schema: ShapeSchema): Set<string> {
  const options = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  if (options.length > 0) return new Set(options.flatMap((option) => [...typesOf(option)]))
  if (schema.enum || schema.const !== undefined) return new Set(['string'])
  if (schema.type === undefined) return new Set(['any'])
  return new Set([schema.type].flat())
}
