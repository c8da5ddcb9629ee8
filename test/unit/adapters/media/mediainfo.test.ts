import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readMediaInfo } from '@main/adapters/media/mediainfo.ts'

/** What the instances do, in the order in which they are made. */
const instances = vi.hoisted(() => [] as (() => Promise<unknown>)[])
let begun = 0

vi.mock('mediainfo.js', () => ({
  mediaInfoFactory: async () => {
    const analyse = instances.shift() ?? (() => new Promise(() => undefined))
    return { analyzeData: () => (begun++, analyse()) }
  },
}))

const THIS_FILE = import.meta.filename
const never = () => new Promise(() => undefined)
const well = () => Promise.resolve({ media: { track: [{ '@type': 'Video' }] } })
const answer = [{ '@type': 'Video' }]

beforeEach(() => {
  begun = 0
  instances.length = 0
})
// Each test begins without an instance.
afterEach(() => readMediaInfo('/nowhere').catch(() => undefined))

it('a file that takes too long is given up, and the next is read by another instance', async () => {
  instances.push(never, well)
  const stalled = readMediaInfo(THIS_FILE, undefined, 50)
  const next = readMediaInfo(THIS_FILE)
  await expect(stalled).rejects.toThrow(/timeout/i)
  expect(await next).toEqual(answer)
})

it('a file that nobody waits for any more holds up no other', async () => {
  instances.push(never, well)
  const stop = new AbortController()
  const stopped = readMediaInfo(THIS_FILE, stop.signal)
  const next = readMediaInfo(THIS_FILE)
  await vi.waitUntil(() => begun === 1)
  stop.abort(new Error('nobody wants it'))
  await expect(stopped).rejects.toThrow('nobody wants it')
  expect(await next).toEqual(answer)
})

it('an instance that failed is not used again', async () => {
  instances.push(() => Promise.reject(new Error('unreachable executed')), well)
  await expect(readMediaInfo(THIS_FILE)).rejects.toThrow('unreachable')
  expect(await readMediaInfo(THIS_FILE)).toEqual(answer)
})
