import { type Handlers, contract } from '@contract/index.ts'
import { PROTOCOL_VERSION, Reply } from '@contract/envelope.ts'
import fc from 'fast-check'
import { createRouter } from '@main/ipc/router.ts'
import type { Logger } from '@main/ports/logger.ts'
import { describe, expect, it } from 'vitest'

// What a page that was taken over might send. Main must answer each of it, refuse what is not valid, and stay alive.

const logged: unknown[] = []
const keep = (_message: string, fields?: unknown) => void logged.push(fields)
const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep, child: () => logger }
const methods = Object.keys(contract).filter((name) => 'input' in contract[name as keyof typeof contract])

/** Handlers that note what reaches them; nothing that is not valid may. */
const reached: { method: string; input: unknown }[] = []
const handlers = Object.fromEntries(
  methods.map((method) => [
    method,
    async (input: unknown) => {
      reached.push({ method, input })
      return null
    },
  ]),
) as unknown as Handlers
const router = createRouter(handlers, logger)
const call = (method: unknown, input: unknown, id: unknown = '1') => ({
  kind: 'call',
  v: PROTOCOL_VERSION,
  id,
  method,
  input,
})

const inputOf = (method: string) =>
  (
    contract[method as keyof typeof contract] as {
      input: { safeParse(value: unknown): { success: boolean } }
    }
  ).input

describe('hostile frames', () => {
  it('of any shape are answered, and none but a call is heard', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ withNullPrototype: true, withBigInt: true }), async (frame) => {
        reached.length = 0
        const reply = Reply.parse(await router.handle(frame, 'page'))
        expect(reply.ok).toBe(false)
        expect(reached).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  it('with any input reach a handler only when the contract allows it', async () => {
    const anyCall = fc.tuple(
      fc.constantFrom(...methods),
      fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }),
    )
    await fc.assert(
      fc.asyncProperty(anyCall, async ([method, input]) => {
        reached.length = 0
        const reply = await router.handle(call(method, input), 'page')
        expect(reached).toHaveLength(inputOf(method).safeParse(input).success ? 1 : 0)
        expect(reply.ok).toBe(reached.length === 1)
      }),
      { numRuns: 5000 },
    )
  })

  it.each([
    '__proto__',
    'constructor',
    'hasOwnProperty',
    '',
    'assets',
    'assets.query ',
    'x'.repeat(5_000_000),
  ])('that name no method are refused: case %#', async (method) => {
    const reply = await router.handle(call(method, {}), 'page')
    expect(reply.ok).toBe(false)
    // What comes back, and what is logged, does not grow with what was sent.
    expect(JSON.stringify(reply).length).toBeLessThan(2000)
    expect(JSON.stringify(logged.at(-1)).length).toBeLessThan(2000)
  })

  it('that hold cycles, great depth or great length are refused in little time', async () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    let deep: unknown = {}
    for (let level = 0; level < 100_000; level++) deep = [deep]
    const long = Array.from({ length: 1_000_000 }, () => 'x')
    const huge = 'x'.repeat(50_000_000)
    for (const value of [cycle, deep, long, huge])
      for (const method of [
        'settings.update',
        'uploads.plan',
        'assets.query',
        'shell.copy',
        'uploads.pause',
      ]) {
        const input = { interface: { a: value }, paths: value, query: value, text: value, ids: value }
        const reply = await router.handle(call(method, input), 'page')
        expect([method, reply.ok]).toEqual([method, false])
      }
  })

  it('leave the router at work', async () => {
    reached.length = 0
    expect(await router.handle(call('accounts.state', {}), 'page')).toEqual({ ok: true, value: null })
    expect(reached).toEqual([{ method: 'accounts.state', input: {} }])
  })
})
