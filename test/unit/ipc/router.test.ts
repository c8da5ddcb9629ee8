import type { Handlers } from '@contract/index.ts'
import { AppError } from '@main/core/errors.ts'
import { createRouter } from '@main/ipc/router.ts'
import type { Logger } from '@main/ports/logger.ts'
import { describe, expect, it, vi } from 'vitest'

const silent: Logger = {
  debug: vi.fn<() => void>(),
  info: vi.fn<() => void>(),
  warn: vi.fn<() => void>(),
  error: vi.fn<() => void>(),
  child: () => silent,
}

const routerWith = (handlers: Partial<Handlers>) => createRouter(handlers as Handlers, silent)
const call = (method: string, input: unknown = {}, id = '1') => ({ kind: 'call', v: 1, id, method, input })

describe('the router', () => {
  it('answers with what the handler returns, and gives it parsed input with defaults filled in', async () => {
    const seen: unknown[] = []
    const router = routerWith({
      'assets.query': async (input) => {
        seen.push(input.query.sort)
        return { revision: 1, total: 0, rows: [] }
      },
    })
    const reply = await router.handle(
      call('assets.query', { query: {}, window: { offset: 0, limit: 10 } }),
      'a',
    )
    expect(reply).toEqual({ ok: true, value: { revision: 1, total: 0, rows: [] } })
    expect(seen).toEqual([{ field: 'date_created', order: 'desc' }])
  })

  it('names the part of the input that is not valid and does not call the handler', async () => {
    const handler = vi.fn<Handlers['assets.query']>()
    const router = routerWith({ 'assets.query': handler })
    const reply = await router.handle(
      call('assets.query', { query: {}, window: { offset: -1, limit: 10 } }),
      'a',
    )
    expect(reply).toMatchObject({
      ok: false,
      error: { code: 'contract.invalid-input', message: expect.stringContaining('window.offset') },
    })
    expect(handler).not.toHaveBeenCalled()
  })

  it.each([
    ['no frame', 'hello', 'contract.invalid-input'],
    ['another protocol version', { ...call('shell.info'), v: 2 }, 'contract.invalid-input'],
    ['an unknown method', call('assets.explode'), 'contract.unknown-method'],
    ['an event used as a method', call('assets.changed'), 'contract.unknown-method'],
    ['a name that every object has', call('constructor'), 'contract.unknown-method'],
  ])('refuses %s', async (_, frame, code) => {
    expect(await routerWith({}).handle(frame, 'a')).toMatchObject({ ok: false, error: { code } })
  })

  it('passes an expected failure on with its verdict, also from inside a chain of causes', async () => {
    const router = routerWith({
      'metadata.views': async () => {
        throw new Error('while listing', { cause: new AppError('network.offline', 'The server is away.') })
      },
    })
    expect(await router.handle(call('metadata.views'), 'a')).toMatchObject({
      ok: false,
      error: { code: 'network.offline', message: 'The server is away.', retry: { when: 'online' } },
    })
  })

  it('shows nothing of a bug but that there was one', async () => {
    const router = routerWith({
      'metadata.views': async () => {
        throw new TypeError('token abc is undefined')
      },
    })
    const reply = await router.handle(call('metadata.views'), 'a')
    expect(reply).toMatchObject({ ok: false, error: { code: 'bug' } })
    expect(JSON.stringify(reply)).not.toContain('abc')
    expect(silent.error).toHaveBeenCalled()
  })

  it('aborts a call when its caller cancels or goes away, and only then', async () => {
    const router = routerWith({
      'metadata.views': (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        }),
    })
    const mine = router.handle(call('metadata.views', {}, '7'), 'a')
    const other = router.handle(call('metadata.views', {}, '7'), 'b')
    await router.handle({ kind: 'cancel', v: 1, id: '7' }, 'a')
    expect(await mine).toMatchObject({ ok: false, error: { code: 'cancelled' } })
    router.forget('b')
    expect(await other).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  })

  it('hands events to every listener until it lets go', () => {
    const router = routerWith({})
    const heard: string[] = []
    const stop = router.onEvent((frame) => heard.push(frame.name))
    router.emit('collections.changed', {})
    stop()
    router.emit('collections.changed', {})
    expect(heard).toEqual(['collections.changed'])
  })
})
