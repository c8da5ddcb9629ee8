import { expect, it, vi } from 'vitest'
import { HandOver } from '@main/services/desktop/hand-over.ts'

const id = '6f1c3c0e-b1d2-11ef-8f0a-0242ac120002'

it('takes files and a link from arguments, and passes over switches and the app itself', () => {
  const handOver = new HandOver(['/opt/ferry'])
  const offered = handOver.offerArguments(
    ['--no-sandbox', '.', 'day 14/a.mov', '/cards/A001', `ferry://asset/${id}`, ''],
    '/opt/ferry',
  )
  expect(offered).toBe(true)
  expect(handOver.take()).toEqual({ paths: ['/opt/ferry/day 14/a.mov', '/cards/A001'], assetId: id })
})

it('gives everything out once, gathered since the last time', () => {
  const handOver = new HandOver()
  handOver.offerPath('/cards/a.mov')
  handOver.offerPath('/cards/b.mov')
  handOver.offerPath('/cards/a.mov')
  expect(handOver.take().paths).toEqual(['/cards/a.mov', '/cards/b.mov'])
  expect(handOver.take()).toEqual({ paths: [], assetId: null })
})

it('tells that something came, and only then', () => {
  const handOver = new HandOver()
  const heard = vi.fn()
  handOver.onOffered(heard)
  handOver.offerArguments(['--hidden'], '/')
  handOver.offerLink('ferry://delete/everything')
  expect(heard).not.toHaveBeenCalled()
  handOver.offerLink(`ferry://asset/${id}`)
  expect(heard).toHaveBeenCalledOnce()
})
