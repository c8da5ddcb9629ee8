import { afterEach, describe, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import { bridgeTransport, ContractError, createContractClient, isCancelled } from '@renderer/client/index.ts'
import { fakeMain } from '@test/support/fake-main/index.ts'
import { FakeFailure, fakeBridge } from '@test/support/fake-main/bridge.ts'

const clientOf = (bridge: ReturnType<typeof fakeBridge>) => createContractClient(bridgeTransport(bridge))
afterEach(() => vi.restoreAllMocks())

describe('the contract client', () => {
  it('answers with parsed output', async () => {
    const state = await clientOf(fakeMain()).call('accounts.state', {})
    expect(state.current?.name).toBe('Halden Pictures')
  })
  it('turns an expected failure into its code, message and details', async () => {
    const bridge = fakeBridge({
      'shell.reveal': () =>
        Promise.reject(new FakeFailure('file.missing', 'a.mov is gone.', { path: 'a.mov' })),
    })
    const failure = await clientOf(bridge)
      .call('shell.reveal', { path: 'a.mov' })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ContractError)
    expect(failure).toMatchObject({
      code: 'file.missing',
      message: 'a.mov is gone.',
      details: { path: 'a.mov' },
    })
  })
  it('names the method whose answer breaks the contract', async () => {
    const broken = {
      request: () => Promise.resolve({ ok: true as const, value: { rows: 'none' } }),
      subscribe: () => () => undefined,
    }
    await expect(
      createContractClient(broken).call('jobs.list', { filter: {}, window: { offset: 0, limit: 1 } }),
    ).rejects.toThrow(/jobs\.list breaks the contract/)
  })
  it('sends plain JSON, whatever the page made reactive', async () => {
    const frames: unknown[] = []
    const transport = {
      request: (frame: unknown) => {
        frames.push(structuredClone(frame))
        return Promise.resolve({ ok: true as const, value: null })
      },
      subscribe: () => () => undefined,
    }
    await createContractClient(transport).call('shell.copy', reactive({ text: 'x' }))
    expect(frames).toMatchObject([{ kind: 'call', method: 'shell.copy', input: { text: 'x' } }])
  })
  it('cancels by frame and rejects as cancelled', async () => {
    const bridge = fakeMain({ delayMs: 50 })
    const call = vi.spyOn(bridge, 'call')
    const abort = new AbortController()
    const answer = clientOf(bridge).call('accounts.state', {}, { signal: abort.signal })
    abort.abort()
    const failure = await answer.catch((error: unknown) => error)
    expect(isCancelled(failure)).toBe(true)
    expect(call.mock.calls.map(([frame]) => frame.kind)).toEqual(['call', 'cancel'])
  })
  it('sends nothing for a call that was cancelled before', async () => {
    const bridge = fakeMain()
    await expect(
      clientOf(bridge).call('accounts.state', {}, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' })
    expect(bridge.calls).toEqual([])
  })
  it('hears events until it stops, and drops one that breaks the contract', () => {
    const reported = vi.fn<(error: unknown) => void>()
    vi.stubGlobal('reportError', reported)
    const bridge = fakeMain()
    const heard = vi.fn<(payload: unknown) => void>()
    const stop = clientOf(bridge).on('shell.commanded', heard)
    bridge.emit('shell.commanded', { command: 'settings' })
    bridge.emit('shell.commanded', { wrong: 1 } as never)
    stop()
    bridge.emit('shell.commanded', { command: 'late' })
    expect(heard.mock.calls).toEqual([[{ command: 'settings' }]])
    expect(reported).toHaveBeenCalledOnce()
    vi.unstubAllGlobals()
  })
})
