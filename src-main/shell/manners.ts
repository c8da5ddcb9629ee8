// How Ferry behaves among other programs: its place beside the clock, notices, sleep, start at login.
import { app, type BrowserWindow } from 'electron'
import type { Settings } from '@contract/settings.ts'
import type { UploadSummary } from '@contract/uploads.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { Accounts } from '../services/accounts/accounts.ts'
import { BatchNotices } from '../services/desktop/batch-notices.ts'
import type { SettingsService } from '../services/settings/settings.ts'
import type { UploadService } from '../services/uploads/index.ts'
import { setStartAtLogin } from './login-item.ts'
import { onWake, SleepGuard } from './power.ts'
import { createTray, type TrayState } from './tray.ts'

export interface MannersParts {
  settings: SettingsService
  uploads: UploadService
  accounts: Accounts
  notifier: Notifier
  clock: Clock
  logger: Logger
  /** Shows the window, makes one if there is none. */
  show: () => void
  /** Brings the queue before the person. */
  showUploads: () => void
  window: () => BrowserWindow | null
  /** The machine was asleep. */
  woke: () => void
}

export interface Manners {
  /** Whether the app may be left without a window: there is an icon to bring it back with. */
  staysInTray: () => boolean
  stop: () => void
}

/** Makes Ferry mannerly until `stop`. Once the app is ready. */
export function startManners(parts: MannersParts): Manners {
  const { settings, uploads } = parts
  const tray = createTray({
    show: parts.show,
    pauseAll: () => uploads.pause({ all: true }),
    resumeAll: () => uploads.resume({ all: true }),
    quit: () => app.quit(),
  })
  const notices = new BatchNotices(parts.notifier, parts.clock, {
    standing: (batchId) => uploads.standing(batchId),
    mode: () => settings.get().notifications,
    isWatched: () => parts.window()?.isFocused() ?? false,
    show: parts.showUploads,
  })
  const sleepGuard = new SleepGuard()
  const endings = [
    uploads.onChanged(({ summary }) => {
      tray?.update(trayState(summary))
      sleepGuard.set(isMoving(summary))
    }),
    uploads.onOutcome(({ batchId, state }) => {
      if (state !== 'cancelled') notices.noteEnded(batchId)
    }),
    followSignIn(parts.accounts, notices),
    followStartAtLogin(settings, parts.logger),
  ]
  onWake(parts.woke)
  return {
    staysInTray: () => tray !== null && settings.get().closeToTray,
    stop() {
      for (const end of endings) end()
      notices.stop()
      sleepGuard.set(false)
      tray?.remove()
    },
  }
}

/** Whether anything is on its way; what is only waiting for the network or a person may sleep. */
export function isMoving({ counts, held }: UploadSummary): boolean {
  return held === null && counts.waiting + counts.preparing + counts.uploading + counts.checking > 0
}

/** What the icon says and offers. */
export function trayState({ counts, held, pausedByUser }: UploadSummary): TrayState {
  const open = counts.settling + counts.waiting + counts.preparing + counts.uploading + counts.checking
  const needsYou = counts.failed > 0 ? `, ${counts.failed} failed` : ''
  if (open > 0) return { text: held ?? `${open} to upload${needsYou}`, command: 'pause' }
  if (pausedByUser) return { text: `${counts.paused} paused${needsYou}`, command: 'resume' }
  return { text: counts.failed > 0 ? `${counts.failed} failed` : 'nothing to upload', command: null }
}

/** Asks once each time that the account in use cannot go on without the person. */
function followSignIn(accounts: Accounts, notices: BatchNotices): () => void {
  let asked: string | null = null
  return accounts.onState(({ current }) => {
    if (current?.state !== 'needs-sign-in') asked = null
    else if (current.id !== asked) {
      asked = current.id
      notices.askForSignIn(current.name)
    }
  })
}

function followStartAtLogin(settings: SettingsService, logger: Logger): () => void {
  let known = settings.get().startAtLogin
  const apply = ({ startAtLogin }: Settings) => {
    if (startAtLogin === known) return
    known = startAtLogin
    setStartAtLogin(startAtLogin).catch((error: unknown) => {
      logger.error('start at login could not be changed', { reason: String(error) })
    })
  }
  return settings.onChange(apply)
}

/** Keeps a window that is closed for later, where the person wants that; quitting closes it for good. */
export function hideOnClose(window: BrowserWindow, staysInTray: () => boolean): void {
  let isQuitting = false
  app.once('before-quit', () => (isQuitting = true))
  window.on('close', (event) => {
    if (isQuitting || !staysInTray()) return
    event.preventDefault()
    window.hide()
  })
}
