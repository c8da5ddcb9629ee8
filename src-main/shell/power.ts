import { powerMonitor, powerSaveBlocker } from 'electron'

/** Keeps the machine from going to sleep while uploads move; the screen may still go dark. */
export class SleepGuard {
  #blocker: number | null = null

  set(isMoving: boolean): void {
    if (isMoving && this.#blocker === null) this.#blocker = powerSaveBlocker.start('prevent-app-suspension')
    if (isMoving || this.#blocker === null) return
    powerSaveBlocker.stop(this.#blocker)
    this.#blocker = null
  }
}

/** Calls back when the machine wakes: connections are dead by then, and folders may have changed unseen. */
export function onWake(wake: () => void): void {
  powerMonitor.on('resume', wake)
}
