import type { FieldValues } from '../clip.ts'

/** What has to be known of a field to tell whether values fit into it. */
export interface FieldFacts {
  name: string
  label: string | null
  fieldType: string
  options: readonly { value: string }[]
  multi: boolean
}

export type WhyLeft = 'missing' | 'type' | 'option'

/** Types that hold the same texts. */
const TEXTS = new Set(['string', 'string_exact', 'text'])

/**
 * The values of an asset that a view of another account takes.
 *
 * @param own the fields as the account that the values come from has them, by name
 * @param there the fields of the view, by name
 * @returns what fits, and why each of the other fields stays behind
 */
export function fittingValues(
  values: FieldValues,
  own: ReadonlyMap<string, FieldFacts>,
  there: ReadonlyMap<string, FieldFacts>,
): { fitting: FieldValues; left: { name: string; reason: WhyLeft }[] } {
  const fitting: FieldValues = {}
  const left: { name: string; reason: WhyLeft }[] = []
  for (const [name, given] of Object.entries(values)) {
    // What is no field of the account (a document's own keys) is nobody's value.
    const from = own.get(name)
    if (!from || given.length === 0) continue
    const reason = whyNot(given, from, there.get(name))
    if (reason === null) fitting[name] = given
    else left.push({ name, reason })
  }
  return { fitting, left }
}

function whyNot(given: readonly string[], from: FieldFacts, to: FieldFacts | undefined): WhyLeft | null {
  if (!to) return 'missing'
  const isAlike = from.fieldType === to.fieldType || (TEXTS.has(from.fieldType) && TEXTS.has(to.fieldType))
  if (!isAlike || (given.length > 1 && !to.multi && to.fieldType !== 'tag_cloud')) return 'type'
  const offered = to.options.map(({ value }) => value)
  return offered.length > 0 && to.fieldType === 'drop_down' && given.some((value) => !offered.includes(value))
    ? 'option'
    : null
}

/** The view that takes most of the values; the first of those that take the same. */
export function bestView<View extends { fields: readonly FieldFacts[] }>(
  views: readonly View[],
  used: ReadonlyMap<string, number>,
): View | null {
  let best: View | null = null
  let bestCount = 0
  for (const view of views) {
    const names = new Set(view.fields.map(({ name }) => name))
    let count = 0
    for (const [name, assets] of used) if (names.has(name)) count += assets
    if (count > bestCount) [best, bestCount] = [view, count]
  }
  return best
}
