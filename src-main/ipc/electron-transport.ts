import { CALL_CHANNEL, EVENT_CHANNEL } from '@contract/channels.ts'
import type { EventFrame, Reply } from '@contract/envelope.ts'
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron'

/** What the transport needs of the router. */
export interface FrameRouter {
  /**
   * Answers one frame; never rejects. `caller` tells pages apart, since each numbers its own calls.
   */
  handle(frame: unknown, caller: string): Promise<Reply>
  /** Hears every event until the returned function is called. */
  onEvent(listener: (frame: EventFrame) => void): () => void
  /** The page is gone: its open calls are cancelled. */
  forget(caller: string): void
}

export interface ElectronTransport {
  /** Lets a page call, and hear events, as long as it lives and shows an address of the app. */
  admit(page: WebContents): void
  close(): void
}

const refused: Reply = {
  ok: false,
  error: {
    code: 'contract.forbidden',
    message: 'The sender of this call is not a page of Ferry.',
    retry: { when: 'never' },
    details: {},
  },
}

/**
 * Joins pages and the router over Electron's IPC. A call counts only when it comes from the main frame of a page that
 * was admitted and that still shows an address of the app.
 *
 * @param isAppUrl whether an address belongs to the app's own bundle
 */
export function createElectronTransport(
  router: FrameRouter,
  isAppUrl: (url: string) => boolean,
): ElectronTransport {
  const pages = new Set<WebContents>()

  function isTrusted({ sender, senderFrame }: IpcMainInvokeEvent): boolean {
    return (
      pages.has(sender) &&
      senderFrame !== null &&
      senderFrame === sender.mainFrame &&
      isAppUrl(senderFrame.url)
    )
  }

  ipcMain.handle(CALL_CHANNEL, (event, frame: unknown) =>
    isTrusted(event) ? router.handle(frame, callerOf(event.sender)) : refused,
  )
  const stopEvents = router.onEvent((frame) => {
    for (const page of pages)
      if (!page.isDestroyed() && isAppUrl(page.getURL())) page.send(EVENT_CHANNEL, frame)
  })

  return {
    admit(page) {
      pages.add(page)
      page.once('destroyed', () => {
        pages.delete(page)
        router.forget(callerOf(page))
      })
      // A reload starts numbering its calls anew.
      page.on('did-start-loading', () => router.forget(callerOf(page)))
    },
    close() {
      stopEvents()
      ipcMain.removeHandler(CALL_CHANNEL)
      pages.clear()
    },
  }
}

const callerOf = (page: WebContents) => `page-${page.id}`
