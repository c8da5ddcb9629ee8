import type { FieldView } from '@contract/metadata.ts'
import { strings } from './strings/index.ts'

/** How a field is edited. A type that this version does not know is edited as a line of text. */
export type FieldKind =
  'number' | 'switch' | 'line' | 'text' | 'date' | 'datetime' | 'choice' | 'choices' | 'tags' | 'lines'

export function kindOf(field: Pick<FieldView, 'fieldType' | 'multi' | 'options'>): FieldKind {
  switch (field.fieldType) {
    case 'boolean':
      return 'switch'
    case 'text':
      return 'text'
    case 'tag_cloud':
      return 'tags'
    case 'drop_down':
      return field.multi ? 'choices' : 'choice'
    case 'date':
      return field.multi ? 'lines' : 'date'
    case 'datetime':
      return field.multi ? 'lines' : 'datetime'
    case 'integer':
    case 'float':
      return field.multi ? 'lines' : 'number'
    default:
      return field.multi ? 'lines' : 'line'
  }
}

/** What stands above the fields that follow a divider. iconik's dividers may carry a label; without one they carry their technical name. */
export const headingOf = ({ label, name }: Pick<FieldView, 'label' | 'name'>): string =>
  label === name || label.startsWith('__') ? '' : label

const INTEGER = /^[+-]?\d+$/
const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

const isDay = (text: string) => {
  const date = new Date(`${text}T00:00:00Z`)
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
  )
}

/** Whether a value is a day, or a moment, that can be shown as such. */
export const isDateText = (text: string, withTime: boolean) =>
  withTime ? !Number.isNaN(Date.parse(text)) : isDay(text)

function numberProblem(field: FieldView, value: string): string | null {
  const words = strings.inspector.form.invalid
  const whole = field.fieldType === 'integer'
  if (!(whole ? INTEGER : FLOAT).test(value)) return whole ? words.integer : words.float
  const number = Number(value)
  if (field.minValue !== null && number < field.minValue) return words.min(field.minValue)
  if (field.maxValue !== null && number > field.maxValue) return words.max(field.maxValue)
  return null
}

function valueProblem(field: FieldView, value: string): string | null {
  const words = strings.inspector.form.invalid
  switch (field.fieldType) {
    case 'integer':
    case 'float':
      return numberProblem(field, value)
    case 'date':
      return isDay(value) ? null : words.date
    case 'datetime':
      return Number.isNaN(Date.parse(value)) ? words.datetime : null
    case 'url':
      return /^https?:\/\//i.test(value) && URL.canParse(value) ? null : words.url
    case 'email':
      return EMAIL.test(value) ? null : words.email
    case 'drop_down':
      return field.options.length === 0 || field.options.some((option) => option.value === value)
        ? null
        : words.option
    default:
      return null
  }
}

/** What is wrong with the values of a field, as a sentence that says what to do; null when nothing is. */
export function fieldProblem(field: FieldView, values: readonly string[]): string | null {
  const given = values.map((value) => value.trim()).filter((value) => value !== '')
  if (given.length === 0) return field.required ? strings.inspector.form.invalid.required : null
  for (const value of given) {
    const problem = valueProblem(field, value)
    if (problem) return problem
  }
  return null
}

/** Values as they are sent: no blanks around them, no empty ones. Text keeps its inner shape. */
export function cleanValues(values: readonly string[]): string[] {
  return values.map((value) => value.trim()).filter((value) => value !== '')
}

export function sameValues(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index])
}

/** A value in words, for where it is only read. */
export function valueText(field: FieldView, value: string): string {
  if (field.fieldType === 'boolean') {
    const words = strings.inspector.form
    return value === 'true' ? words.yes : words.no
  }
  return field.options.find((option) => option.value === value)?.label ?? value
}
