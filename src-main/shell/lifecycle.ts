import { app } from 'electron'
import { LINK_SCHEME } from '../core/deep-link.ts'
import type { HandOver } from '../services/desktop/hand-over.ts'

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

/** Arguments of this start, without the program itself. */
export function startArguments(): string[] {
  return process.argv.slice(1)
}

/** What a second start sends to the first one; of any shape, as another version may have sent it. */
interface SecondStart {
  args: string[]
  directory: string
}

/**
 * Makes this the only Ferry of the person. A second start hands its files and links over to it and ends.
 * @param onStart called in the first process for each start after it, with what came with it already offered
 * @returns false in the second process, which has quit already
 */
export function isOnlyInstance(handOver: HandOver, onStart: () => void): boolean {
  const own: SecondStart = { args: startArguments(), directory: process.cwd() }
  if (!app.requestSingleInstanceLock(own)) {
    app.quit()
    return false
  }
  app.on('second-instance', (_event, argv, directory, sent) => {
    // Chromium reorders and adds arguments, so that what the other process sent by itself comes first.
    const start = isSecondStart(sent) ? sent : { args: argv.slice(1), directory }
    handOver.offerArguments(start.args, start.directory)
    onStart()
  })
  return true
}

function isSecondStart(value: unknown): value is SecondStart {
  const { args, directory } = (value ?? {}) as Partial<SecondStart>
  return (
    Array.isArray(args) &&
    args.every((argument) => typeof argument === 'string') &&
    typeof directory === 'string'
  )
}

/**
 * Hears links and files that the system opens Ferry with. macOS sends them as events, also before the app is ready; the
 * others start a second process with arguments.
 */
export function hearOpenRequests(handOver: HandOver): void {
  app.on('open-url', (event, url) => {
    event.preventDefault()
    handOver.offerLink(url)
  })
  app.on('open-file', (event, file) => {
    event.preventDefault()
    handOver.offerPath(file)
  })
  // A start from the source would write the path of a bare Electron into the person's system.
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME)
}
