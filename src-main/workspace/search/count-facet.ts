import type { Bitset } from './bitset.ts'
import { longText } from './index-source.ts'
import type { SearchIndex } from './search-index.ts'

/** The values of a field with how many documents have each, as the search service shows them. */
export interface Facet {
  buckets: { key: string; doc_count: number }[]
  /** So many documents at most may have a value that is not among the buckets and was not counted. */
  doc_count_error_upper_bound: number
  sum_other_doc_count: number
}

const mostBuckets = 100
/** Of a field with more values the most frequent ones are counted. */
const mostValues = 5000
/** Up to so many documents it is quicker to look at each than at the postings of every value. */
const fewDocuments = 3000

/**
 * Counts one field among the documents of a set.
 * @param counted what was counted by looking at each document of a set: it serves every facet over the same set
 */
export function countFacet(
  index: SearchIndex,
  name: string,
  within: Bitset,
  counted: Map<Bitset, Map<number, number>>,
): Facet {
  const values = index.postings.frequent(name, mostValues + 1).filter(({ shown }) => shown !== longText)
  const uncounted = values.splice(mostValues)
  let counts = counted.get(within)
  if (!counts && within.count <= fewDocuments) counted.set(within, (counts = index.countTerms(within)))
  counts ??= index.postings.countWithin(
    values.map(({ term }) => term),
    within,
  )
  const buckets = values
    .map(({ term, shown }) => ({ key: shown, doc_count: counts.get(term) ?? 0 }))
    .filter((bucket) => bucket.doc_count > 0)
    .sort((left, right) => right.doc_count - left.doc_count || (left.key < right.key ? -1 : 1))
  return {
    buckets: buckets.slice(0, mostBuckets),
    doc_count_error_upper_bound: uncounted[0]?.docs ?? 0,
    sum_other_doc_count: buckets.slice(mostBuckets).reduce((sum, bucket) => sum + bucket.doc_count, 0),
  }
}
