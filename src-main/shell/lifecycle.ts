import { app, BrowserWindow } from 'electron'

// Longest that quitting waits for a clean stop; what is cut off then is found again in the journal.
const STOP_TIMEOUT_MS = 10_000

/**
 * Quits in order: the last window closes, the services stop, the process ends.
 * @param stop ends what runs; called once
 */
export function quitInOrder(stop: () => Promise<void>): void {
  app.on('window-all-closed', () => app.quit())
  let state: 'running' | 'stopping' | 'stopped' = 'running'
  app.on('will-quit', (event) => {
    if (state === 'stopped') return
    event.preventDefault()
    if (state === 'stopping') return
    state = 'stopping'
    void withTimeout(stop(), STOP_TIMEOUT_MS).finally(() => {
      state = 'stopped'
      app.quit()
    })
  })
}

async function withTimeout(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([work.catch(() => {}), timeout])
  clearTimeout(timer)
}

/** A second start shows the window that is there. @returns false in the second process, which has quit already */
export function isOnlyInstance(): boolean {
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return false
  }
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows()
    if (!window) return
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  return true
}
