import { describe, expect, it } from 'vitest'
import { Wishes } from '@main/adapters/media/wishes.ts'

const forever = new AbortController().signal
const turns = async () => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Pictures that come only when the test lets them. */
function slowLine(limits: { atOnce?: number; mostWaiting?: number } = {}) {
  const wishes = new Wishes<string>({ atOnce: 1, mostWaiting: 100, ...limits })
  const begun: string[] = []
  const arrive = new Map<string, () => void>()
  const ask = (id: string, signal = forever) =>
    wishes.make(id, signal, ({ inTurn }) =>
      inTurn(async () => {
        begun.push(id)
        await new Promise<void>((resolve) => arrive.set(id, resolve))
        return `picture ${id}`
      }, 60_000),
    )
  const arrives = async (id: string) => {
    await turns()
    arrive.get(id)?.()
    await turns()
  }
  return { wishes, ask, begun, arrives }
}

describe('wishes for pictures', () => {
  it('are fulfilled newest first', async () => {
    const { ask, begun, arrives } = slowLine()
    const all = ['a', 'b', 'c'].map((id) => ask(id))
    for (const id of ['a', 'c', 'b']) await arrives(id)
    expect(begun).toEqual(['a', 'c', 'b'])
    expect(await Promise.all(all)).toEqual(['picture a', 'picture b', 'picture c'])
  })

  it('go to the front when somebody wishes for them again, and are fetched once', async () => {
    const { ask, begun, arrives } = slowLine()
    const all = ['a', 'b', 'c', 'd', 'b'].map((id) => ask(id))
    for (const id of ['a', 'b', 'd', 'c']) await arrives(id)
    expect(begun).toEqual(['a', 'b', 'd', 'c'])
    expect(await Promise.all(all)).toHaveLength(5)
  })

  it('are not fetched when nobody waits any more, but while one still does', async () => {
    const { ask, begun, arrives } = slowLine()
    const [first, second] = [new AbortController(), new AbortController()]
    const shown = ask('a')
    const passedOver = ask('b', first.signal).catch(() => 'given up')
    const shared = [ask('c', first.signal).catch(() => 'given up'), ask('c', second.signal)]
    await turns()
    first.abort()
    expect([await passedOver, await shared[0]]).toEqual(['given up', 'given up'])
    await arrives('a')
    await arrives('c')
    expect([await shown, await shared[1]]).toEqual(['picture a', 'picture c'])
    expect(begun).toEqual(['a', 'c'])
  })

  it('leave the line when what is on its way is not wanted any more', async () => {
    const { ask, begun } = slowLine()
    const left = new AbortController()
    const passedOver = ask('a', left.signal).catch(() => 'given up')
    void ask('b')
    await turns()
    left.abort()
    await passedOver
    await turns()
    expect(begun).toEqual(['a', 'b'])
  })

  it('are given up when too many newer ones wait, and can be made again', async () => {
    const { ask, begun, arrives } = slowLine({ mostWaiting: 3 })
    const shown = ask('shown')
    await turns()
    const asked = ['1', '2', '3', '4', '5'].map((id) =>
      ask(id).catch((error: { code: string }) => error.code),
    )
    await turns()
    const again = ask('1')
    for (const id of ['shown', '1', '5', '4', '3']) await arrives(id)
    expect(await shown).toBe('picture shown')
    expect(await Promise.all(asked)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
      'picture 4',
      'picture 5',
    ])
    expect(await again).toBe('picture 1')
    expect(begun).toEqual(['shown', '1', '5', '4'])
  })

  it('have their time from their turn on, not from when they were made', async () => {
    const wishes = new Wishes<string>({ atOnce: 1, mostWaiting: 100 })
    const picture = (id: string) =>
      wishes.make(id, forever, ({ inTurn }) =>
        inTurn(async (signal) => {
          await new Promise((resolve) => setTimeout(resolve, 150))
          signal.throwIfAborted()
          return id
        }, 400),
      )
    expect(await Promise.all(['a', 'b', 'c', 'd', 'e'].map(picture))).toHaveLength(5)
  })
})
