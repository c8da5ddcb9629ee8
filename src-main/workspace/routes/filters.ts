import type { SqlValue } from '../store/database.ts'

const booleans: Record<string, number> = { true: 1, false: 0 }

/** Equality filters from the query; a comma-separated value means any of them. Booleans are stored by JSON as 1 and 0. */
export function filtersOf(
  query: URLSearchParams,
  names: readonly string[],
): Record<string, SqlValue | SqlValue[] | undefined> {
  const where: Record<string, SqlValue | SqlValue[] | undefined> = {}
  for (const name of names) {
    const values = query.getAll(name)
    if (values.length === 0) continue
    const parts = (
      name.startsWith('is_')
        ? values
        : values.flatMap((value) => (/^[\w/-]+(,[\w/-]+)+$/.test(value) ? value.split(',') : [value]))
    ).map((value): SqlValue => (name.startsWith('is_') ? (booleans[value.toLowerCase()] ?? value) : value))
    where[name] = parts.length === 1 ? parts[0] : parts
  }
  return where
}
