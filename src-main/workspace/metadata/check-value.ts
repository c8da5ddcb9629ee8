import { normaliseDate } from '../ids.ts'
import type { MetadataField } from '../store/tables.ts'

export const fieldTypes = [
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
export type FieldType = (typeof fieldTypes)[number]

export type StoredItem = { value: unknown } & Record<string, unknown>

const inRange = (field: MetadataField, value: number): string | undefined => {
  if (field.min_value !== null && field.min_value !== undefined && value < field.min_value)
    return `Must be at least ${field.min_value}`
  if (field.max_value !== null && field.max_value !== undefined && value > field.max_value)
    return `Must be at most ${field.max_value}`
  return undefined
}

const isRealDay = (text: string) => {
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}

/** What each type accepts; the text of the problem, or undefined. Values come as text or as JSON's own types. */
const checks: Record<FieldType, (field: MetadataField, text: string, value: unknown) => string | undefined> =
  {
    integer: (field, text) =>
      /^[+-]?\d+$/.test(text) ? inRange(field, Number(text)) : 'Must be a whole number',
    float: (field, text) =>
      text.trim() !== '' && Number.isFinite(Number(text)) ? inRange(field, Number(text)) : 'Must be a number',
    boolean: (_field, text) => (/^(true|false)$/i.test(text) ? undefined : 'Must be true or false'),
    string: () => undefined,
    string_exact: () => undefined,
    text: () => undefined,
    date: (_field, text) =>
      /^\d{4}-\d\d-\d\d$/.test(text) && isRealDay(text) ? undefined : 'Must be a date like 2026-11-23',
    datetime: (_field, text) =>
      normaliseDate(text) ? undefined : 'Must be a date and time like 2026-11-23T12:00:00Z',
    tag_cloud: (_field, text) => (text.trim() === '' ? 'A tag must not be empty' : undefined),
    url: (_field, text) =>
      URL.canParse(text) && /^[a-z][a-z\d+.-]*:\/\/\S+$/i.test(text)
        ? undefined
        : 'Must be an address like https://example.com',
    drop_down: (field, text) =>
      !field.options || field.options.some((option) => option.value === text)
        ? undefined
        : `Must be one of ${field.options.map((option) => option.value).join(', ')}`,
    email: (_field, text) =>
      /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? undefined : 'Must be an e-mail address',
  }

/** What is wrong with the values of a field, or undefined. `before` is what was stored: a read-only field must stay so. */
export function checkField(
  field: MetadataField,
  items: readonly StoredItem[],
  before: readonly StoredItem[],
): string | undefined {
  if (field.read_only && JSON.stringify(items) !== JSON.stringify(before)) return 'The field is read-only'
  if (!field.multi && field.field_type !== 'tag_cloud' && items.length > 1)
    return 'The field takes one value only'
  for (const { value } of items) {
    if (value === null || value === undefined || typeof value === 'object')
      return 'A value must be text, a number or a boolean'
    const check = checks[field.field_type as FieldType]
    const problem = check?.(field, String(value), value)
    if (problem) return problem
  }
  return undefined
}
