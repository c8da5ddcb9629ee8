import { CALL_CHANNEL, EVENT_CHANNEL } from '@contract/channels.ts'
import type { EventFrame, Reply } from '@contract/envelope.ts'
import { EventEmitter } from 'node:events'
import { beforeEach, expect, it, vi } from 'vitest'

type Handler = (event: unknown, frame: unknown) => Promise<Reply> | Reply
const handlers = vi.hoisted(() => new Map<string, Handler>())
vi.mock('electron', () => ({
  ipcMain: {
    handle: (channel: string, handler: Handler) => handlers.set(channel, handler),
    removeHandler: (channel: string) => handlers.delete(channel),
  },
}))
const { createElectronTransport } = await import('@main/ipc/electron-transport.ts')

class FakePage extends EventEmitter {
  readonly id: number
  readonly sent: unknown[] = []
  mainFrame = { url: 'ferry-app://bundle/index.html' }
  constructor(id: number) {
    super()
    this.id = id
  }
  isDestroyed = () => false
  getURL = () => this.mainFrame.url
  send = (channel: string, frame: unknown) => this.sent.push([channel, frame])
}

const calls: unknown[][] = []
const forgotten: string[] = []
let emit: (frame: EventFrame) => void = () => {}
const router = {
  handle: async (frame: unknown, caller: string): Promise<Reply> => {
    calls.push([frame, caller])
    return { ok: true, value: 1 }
  },
  onEvent: (listener: (frame: EventFrame) => void) => {
    emit = listener
    return () => {}
  },
  forget: (caller: string) => {
    forgotten.push(caller)
  },
}

let transport: ReturnType<typeof createElectronTransport>
beforeEach(() => {
  calls.length = 0
  forgotten.length = 0
  handlers.clear()
  transport = createElectronTransport(router, (url) => url.startsWith('ferry-app://bundle/'))
})

const admit = (page: FakePage) => transport.admit(page as unknown as Parameters<typeof transport.admit>[0])
const call = async (sender: FakePage, senderFrame: unknown) =>
  handlers.get(CALL_CHANNEL)?.({ sender, senderFrame }, { kind: 'call' })
const refusal = { ok: false, error: { code: 'contract.forbidden' } }

it('hears the main frame of an admitted page, and tells the router which page', async () => {
  const page = new FakePage(7)
  admit(page)
  expect(await call(page, page.mainFrame)).toEqual({ ok: true, value: 1 })
  expect(calls).toEqual([[{ kind: 'call' }, 'page-7']])
})

it('refuses another frame, another page, another address and a frame that is gone', async () => {
  const page = new FakePage(1)
  const stranger = new FakePage(2)
  admit(page)
  expect(await call(page, { url: page.mainFrame.url })).toMatchObject(refusal)
  expect(await call(page, null)).toMatchObject(refusal)
  expect(await call(stranger, stranger.mainFrame)).toMatchObject(refusal)
  page.mainFrame.url = 'https://evil.example/'
  expect(await call(page, page.mainFrame)).toMatchObject(refusal)
  expect(calls).toEqual([])
})

it('sends events to admitted pages of the app only', () => {
  const page = new FakePage(1)
  const elsewhere = new FakePage(2)
  elsewhere.mainFrame.url = 'https://evil.example/'
  admit(page)
  admit(elsewhere)
  const frame: EventFrame = { kind: 'event', v: 1, name: 'x', payload: null }
  emit(frame)
  expect(page.sent).toEqual([[EVENT_CHANNEL, frame]])
  expect(elsewhere.sent).toEqual([])
})

it('forgets a page that reloads or closes', async () => {
  const page = new FakePage(3)
  admit(page)
  page.emit('did-start-loading')
  expect(forgotten).toEqual(['page-3'])
  page.emit('destroyed')
  expect(forgotten).toEqual(['page-3', 'page-3'])
  expect(await call(page, page.mainFrame)).toMatchObject(refusal)
})
