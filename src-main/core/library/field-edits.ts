type Values = Record<string, string[]>
export interface FieldEdit {
  mode: 'overwrite' | 'append' | 'delete'
  values: string[]
}
type Edits = Readonly<Record<string, FieldEdit>>

const isSame = (left: readonly string[], right: readonly string[]) =>
  left.length === right.length && left.every((value, index) => value === right[index])

/** Values after edits, by iconik's modes: set, add what is not there yet, take out. */
export function applyChanges(values: Readonly<Values>, edits: Edits): Values {
  const next: Values = { ...values }
  for (const [field, { mode, values: given }] of Object.entries(edits)) {
    const now = next[field] ?? []
    if (mode === 'overwrite') next[field] = [...given]
    else if (mode === 'append') next[field] = [...now, ...given.filter((value) => !now.includes(value))]
    else next[field] = now.filter((value) => !given.includes(value))
  }
  return next
}

/**
 * Fields that were set here and changed on the server since they were seen, with what the server holds. No conflict
 * where the server holds what was wanted anyway; adding and taking out never conflict, as they lose nothing.
 */
export function conflictsOf(base: Readonly<Values>, edits: Edits, server: Readonly<Values>): Values {
  const conflicts: Values = {}
  for (const [field, { mode, values }] of Object.entries(edits)) {
    const theirs = server[field] ?? []
    if (mode !== 'overwrite' || isSame(theirs, base[field] ?? []) || isSame(theirs, values)) continue
    conflicts[field] = theirs
  }
  return conflicts
}

/** The same fields with the same values, in whatever order the fields came. An empty field is the same as none. */
export function isSameValues(left: Readonly<Values>, right: Readonly<Values>): boolean {
  const sorted = (values: Readonly<Values>) =>
    JSON.stringify(
      Object.entries(values)
        .filter(([, list]) => list.length > 0)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    )
  return sorted(left) === sorted(right)
}

/** Whether values show that edits have taken effect; the order of several values does not matter. */
export function showsEdits(values: Readonly<Values>, edits: Edits): boolean {
  return Object.entries(edits).every(([field, { mode, values: wanted }]) => {
    const there = new Set(values[field])
    if (mode === 'delete') return wanted.every((value) => !there.has(value))
    const isThere = wanted.every((value) => there.has(value))
    return isThere && (mode === 'append' || there.size === new Set(wanted).size)
  })
}

/** Only these fields; one without values is an empty list. */
export const pickFields = (values: Readonly<Values>, fields: readonly string[]): Values =>
  Object.fromEntries(fields.map((field) => [field, values[field] ?? []]))

/** The edits that set each field to its values. */
export const settingEdits = (values: Readonly<Values>): Record<string, FieldEdit> =>
  Object.fromEntries(
    Object.entries(values).map(([field, list]) => [field, { mode: 'overwrite', values: list }]),
  )
