import type { Core } from '../core.ts'
import { bulkTasks } from './bulk-tasks.ts'
import { PreviewTasks } from './preview-tasks.ts'

export interface TaskOptions {
  /** For tools that read stored bytes by address. */
  origin: string
  previews: boolean
  ffmpegPath: string
  ffprobePath: string
}

/** Tells the runner how each kind of task is done. */
export function defineTasks(core: Core, options: TaskOptions): void {
  for (const [kind, task] of Object.entries({
    ...new PreviewTasks(core, options).tasks(),
    ...bulkTasks(core),
  }))
    core.jobs.define(kind, task)
}
