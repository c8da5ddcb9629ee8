import { describe, expect, it } from 'vitest'
import { parseQuery, QuerySyntaxError, type Query } from '@main/workspace/search/query-parser.ts'

const word = (text: string, field?: string): Query => ({ kind: 'text', field, text, phrase: false })

describe('the query language', () => {
  it.each<[string, Query]>([
    ['', { kind: 'all' }],
    ['*', { kind: 'all' }],
    ['a', word('a')],
    ['a b', { kind: 'and', parts: [word('a'), word('b')] }],
    ['a AND b', { kind: 'and', parts: [word('a'), word('b')] }],
    ['a OR b AND c', { kind: 'or', parts: [word('a'), { kind: 'and', parts: [word('b'), word('c')] }] }],
    ['(a OR b) c', { kind: 'and', parts: [{ kind: 'or', parts: [word('a'), word('b')] }, word('c')] }],
    ['a -b', { kind: 'and', parts: [word('a'), { kind: 'not', part: word('b') }] }],
    ['NOT a', { kind: 'not', part: word('a') }],
    ['title:a', word('a', 'title')],
    [
      'metadata.Take:(1 OR 2)',
      { kind: 'or', parts: [word('1', 'metadata.Take'), word('2', 'metadata.Take')] },
    ],
    ['proxies.storage_id:"x y"', { kind: 'text', field: 'proxies.storage_id', text: 'x y', phrase: true }],
    ['_exists_:proxies.status', { kind: 'exists', field: 'proxies.status' }],
    ['title:*', { kind: 'exists', field: 'title' }],
    ['n:[1 TO 5}', { kind: 'range', field: 'n', min: '1', max: '5', minOpen: false, maxOpen: true }],
    ['n:>=3', { kind: 'range', field: 'n', min: '3', max: undefined, minOpen: false, maxOpen: false }],
    ['n:<3', { kind: 'range', field: 'n', min: undefined, max: '3', minOpen: false, maxOpen: true }],
    ['a\\:b\\(c\\)', word('a:b(c)')],
    ['10:30', word('10:30')],
  ])('reads %s', (source, query) => {
    expect(parseQuery(source, 'and')).toEqual(query)
  })

  it('joins loose words by the operator that is asked for', () => {
    expect(parseQuery('a b', 'or')).toEqual({ kind: 'or', parts: [word('a'), word('b')] })
  })

  it.each(['(a', 'a)', '"a', 'n:[1 5]', 'n:[1 TO', 'AND', '((((a'])('refuses %s', (source) => {
    expect(() => parseQuery(source, 'and')).toThrow(QuerySyntaxError)
  })
})
