import { z } from 'zod'
import { Access, ChangedPolicy, DuplicatePolicy } from '@contract/uploads.ts'
import { AppError } from '../errors.ts'

const Text = z.string().min(1).max(5000)

/** What a template file may hold; docs/templates.md explains each. Names of views and storages are looked up later. */
const TemplateFile = z.strictObject({
  title: Text.optional(),
  collection: z.union([Text, z.array(Text).min(1).max(50)]).optional(),
  mirrorTree: z.boolean().optional(),
  view: Text.optional(),
  values: z.record(Text, z.union([z.string().max(5000), z.array(z.string().max(5000)).max(200)])).optional(),
  pathPattern: z.string().min(1).max(500).optional(),
  storage: Text.optional(),
  access: Access.optional(),
  sequences: z.enum(['auto', 'off']).optional(),
  duplicates: DuplicatePolicy.optional(),
  changed: ChangedPolicy.optional(),
  incomplete: z.enum(['hold', 'upload']).optional(),
})

export interface Template extends Omit<z.infer<typeof TemplateFile>, 'collection' | 'values'> {
  /** Titles from the top. */
  collection?: string[]
  values?: Record<string, string[]>
}

/**
 * Reads a template file.
 *
 * @param name of the file, for errors
 * @throws AppError contract.invalid-input naming the file, the place in it, and what is expected there
 */
export function parseTemplate(text: string, name: string): Template {
  const refuse = (reason: string, cause?: unknown) =>
    new AppError('contract.invalid-input', `The template ${name} cannot be used. ${reason}`, { cause })
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw refuse(`It is no JSON: ${(cause as Error).message}.`, cause)
  }
  const parsed = TemplateFile.safeParse(json)
  if (!parsed.success) throw refuse(parsed.error.issues.map(explain).join(' '), parsed.error)
  const { collection, values, ...rest } = parsed.data
  return {
    ...rest,
    ...(collection === undefined ? {} : { collection: titlesOf(collection) }),
    ...(values === undefined
      ? {}
      : {
          values: Object.fromEntries(Object.entries(values).map(([field, value]) => [field, [value].flat()])),
        }),
  }
}

function titlesOf(collection: string | string[]): string[] {
  if (Array.isArray(collection)) return collection
  return collection
    .split('/')
    .map((title) => title.trim())
    .filter((title) => title !== '')
}

function explain(issue: z.core.$ZodIssue): string {
  const place = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys')
    return `“${issue.keys.join('”, “')}” is not known there. Known are: ${Object.keys(TemplateFile.shape).join(', ')}.`
  if (issue.code === 'invalid_value')
    return `${place} has to be one of: ${issue.values.map(String).join(', ')}.`
  if (place.startsWith('values.')) return `${place} has to be a text or a list of texts.`
  if (place === 'collection')
    return 'collection has to be a text such as "Project/Day 1", or a list of titles.'
  return `${place === '' ? 'It' : place}: ${issue.message}.`
}

/** What has to be known of a field of a view to tell whether a value can stand in it. */
interface ViewField {
  name: string
  fieldType: string
  options: readonly { value: string }[]
  minValue: number | null
  maxValue: number | null
}

/** Views part their fields with rows that are no fields. */
export const isSeparator = ({ name }: Pick<ViewField, 'name'>) => name === '__separator__'

/** Names of values that the view does not have. */
export function unknownFields(values: Values, fields: readonly Pick<ViewField, 'name'>[]): string[] {
  const known = new Set(fields.filter((field) => !isSeparator(field)).map(({ name }) => name))
  return Object.keys(values).filter((field) => !known.has(field))
}

/** A sentence for each value that its field can never hold. What tokens stand for is not known yet, so those are left out. */
export function misfits(values: Values, fields: readonly ViewField[]): string[] {
  return fields.flatMap((field) =>
    (Object.hasOwn(values, field.name) ? (values[field.name] ?? []) : [])
      .filter((value) => value.trim() !== '' && !/[{}]/.test(value))
      .flatMap((value) => {
        const wanted = wantedInstead(field, value.trim())
        return wanted === null ? [] : [`“${value}” does not fit into “${field.name}”: it takes ${wanted}.`]
      }),
  )
}

/** What the field takes; null when the value is that, or when only the server can tell. */
function wantedInstead({ fieldType, options, minValue, maxValue }: ViewField, value: string): string | null {
  const number = Number(value)
  const unless = (fits: boolean, wanted: string) => (fits ? null : wanted)
  switch (fieldType) {
    case 'integer':
    case 'float':
      if (fieldType === 'integer' ? !/^[+-]?\d+$/.test(value) : !Number.isFinite(number))
        return fieldType === 'integer' ? 'a whole number' : 'a number'
      if (minValue !== null && number < minValue) return `nothing below ${minValue}`
      return unless(maxValue === null || number <= maxValue, `nothing above ${maxValue}`)
    case 'boolean':
      return unless(/^(true|false)$/i.test(value), 'true or false')
    case 'date':
      return unless(
        /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)),
        'a date such as 2026-11-23',
      )
    case 'drop_down':
      return unless(
        options.length === 0 || options.some((option) => option.value === value),
        `one of ${options.map((option) => option.value).join(', ')}`,
      )
    default:
      return null
  }
}

type Values = Readonly<Record<string, readonly string[]>>
