import { CallQueue } from '@main/adapters/node/library/call-queue.ts'
import type { StoreCall } from '@main/adapters/node/library/store-messages.ts'
import { describe, expect, it } from 'vitest'

const orderOf = (...methods: StoreCall['method'][]) => {
  const queue = new CallQueue()
  for (const [id, method] of methods.entries()) queue.add({ id, method, args: [] })
  const order: string[] = []
  for (let call = queue.next(); call; call = queue.next()) order.push(`${call.method} ${call.id}`)
  return order
}

describe('calls to the library', () => {
  it('run as they came, but counts and what the server sent behind the rest', () => {
    expect(orderOf('facets', 'put', 'query', 'children', 'rename', 'query')).toEqual([
      'query 2',
      'rename 4',
      'query 5',
      'facets 0',
      'put 1',
      'children 3',
    ])
  })

  it('let others go first where one is put back', () => {
    const queue = new CallQueue()
    queue.add({ id: 1, method: 'facets', args: [] })
    queue.add({ id: 2, method: 'children', args: [] })
    const first = queue.next() as StoreCall
    queue.putBack(first)
    queue.add({ id: 3, method: 'query', args: [] })
    expect([queue.next()?.id, queue.next()?.id, queue.next()?.id, queue.next()]).toEqual([3, 1, 2, null])
  })

  it('are all answered before the library closes', () => {
    expect(orderOf('put', 'close', 'query', 'facets')).toEqual(['query 2', 'put 0', 'facets 3', 'close 1'])
  })
})
