import type { Core } from '../core.ts'

export interface TaskOptions {
  /** For tools that read stored bytes by address. */
  origin: string
  previews: boolean
  ffmpegPath: string
  ffprobePath: string
}

/** Tells the runner how each kind of task is done. */
export function defineTasks(core: Core, options: TaskOptions): void {
  void core
  void options
}
