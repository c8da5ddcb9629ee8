const LONGEST_VALUE = 1000

/**
 * Embedded metadata as flat fields for tokens and components: `{Model: "X"}` below "exif" becomes "exif.Model".
 * Binary values and deep structures are left out; dates become ISO 8601.
 */
export function flattenEmbedded(
  groups: Readonly<Record<string, unknown>>,
): Record<string, Record<string, string>> {
  const flat: Record<string, Record<string, string>> = {}
  for (const [group, fields] of Object.entries(groups)) {
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) continue
    const values: Record<string, string> = {}
    for (const [name, value] of Object.entries(fields)) {
      const text = valueText(value)
      if (text !== null && text !== '') values[name] = text.slice(0, LONGEST_VALUE)
    }
    if (Object.keys(values).length > 0) flat[group] = values
  }
  return flat
}

function valueText(value: unknown): string | null {
  if (typeof value === 'string') return value.replaceAll('\0', '').trim()
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (Array.isArray(value) && value.length > 0 && value.length <= 50) {
    const parts = value.map(valueText)
    return parts.includes(null) ? null : parts.join(', ')
  }
  if (typeof value === 'object' && value !== null && 'value' in value) return valueText(value.value)
  return null
}
