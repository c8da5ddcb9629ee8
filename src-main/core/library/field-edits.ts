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
