/** The entries of `edited` that differ from `saved`, compared by value as plain JSON. */
export function changedEntries<T extends object>(saved: T, edited: T): Partial<T> {
  const changes: Partial<T> = {}
  for (const key of Object.keys(edited) as (keyof T)[]) {
    if (JSON.stringify(saved[key]) !== JSON.stringify(edited[key])) changes[key] = edited[key]
  }
  return changes
}
