import os from 'node:os'

/** A look at media is never what a person waits for most. */
export function stepBack(pid: number | undefined): void {
  try {
    if (pid !== undefined) os.setPriority(pid, os.constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended already, or this system does not allow it.
  }
}
