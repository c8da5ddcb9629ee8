import { AssetQuery } from '@contract/assets.ts'
import { criteriaOf, queryOfCriteria } from '@main/core/library/search-criteria.ts'
import { describe, expect, it } from 'vitest'

const COLLECTION = '0a1b2c3d-0000-11f0-8000-000000000001'
const query = (more: Partial<AssetQuery>) => AssetQuery.parse(more)

describe('a saved search', () => {
  it.each<[string, Partial<AssetQuery>]>([
    ['words', { text: 'harbour dawn' }],
    ['signs that mean something in query text', { text: String.raw`a-b (c) "d" \ e:f` }],
    ['words that look like operators', { text: 'AND then NOT' }],
    ['a collection and what is below it', { collectionId: COLLECTION as never }],
    ['one collection', { collectionId: COLLECTION as never, includeSubcollections: false }],
    [
      'filters',
      {
        filters: [
          { field: 'media_type', values: ['video', 'audio'] },
          { field: 'metadata.Camera', values: ['A (main)', 'B'] },
        ],
      },
    ],
    [
      'days, some of which follow each other',
      { filters: [{ field: 'date_created', values: ['2026-02-28', '2026-03-01', '2026-03-04'] }] },
    ],
    ['an order', { sort: { field: 'title', order: 'asc' } }],
  ])('comes back as it was: %s', (_, more) =>
    expect(queryOfCriteria(JSON.parse(JSON.stringify(criteriaOf(query(more)))))).toEqual(query(more)),
  )

  it.each<[string, unknown, Partial<AssetQuery>]>([
    ['nothing', {}, {}],
    ['everything', { doc_types: ['assets', 'collections'], query: '*' }, {}],
    [
      'facets that were chosen',
      { facets_filters: [{ name: 'media_type', value_in: ['image'] }] },
      { filters: [{ field: 'media_type', values: ['image'] }] },
    ],
    [
      'one of two values',
      {
        filter: {
          operator: 'OR',
          terms: [
            { name: 'type', value: 'ASSET' },
            { name: 'type', value: 'PLACEHOLDER' },
          ],
        },
      },
      { filters: [{ field: 'type', values: ['ASSET', 'PLACEHOLDER'] }] },
    ],
  ])('of other hands is read: %s', (_, criteria, expected) =>
    expect(queryOfCriteria(criteria)).toEqual(query(expected)),
  )

  it.each<[string, unknown]>([
    ['operators', { query: 'harbour OR jetty' }],
    ['the words of one field', { query: 'title:harbour' }],
    ['a phrase', { query: '"first light"' }],
    ['words within a value', { filter: { operator: 'AND', terms: [{ name: 'metadata.Note', value: 'x' }] } }],
    ['what is missing', { filter: { operator: 'AND', terms: [{ name: 'proxies.status', missing: true }] } }],
    [
      'one of two fields',
      {
        filter: {
          operator: 'OR',
          terms: [
            { name: 'type', value: 'ASSET' },
            { name: 'media_type', value: 'video' },
          ],
        },
      },
    ],
    [
      'part of a day',
      {
        filter: {
          operator: 'AND',
          terms: [{ name: 'date_created', range: { min: '2026-03-01T12:00:00', max: '2026-03-02' } }],
        },
      },
    ],
    ['no assets', { doc_types: ['segments'] }],
  ])('that asks for %s is left to iconik', (_, criteria) => expect(queryOfCriteria(criteria)).toBeNull())
})
