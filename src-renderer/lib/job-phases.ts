import { strings } from './strings/index.ts'

/** What a job does, in the words that people see; iconik has more statuses than that. */
export type JobPhase = keyof typeof strings.jobs.states

const PHASES: Record<string, JobPhase> = {
  STARTED: 'running',
  // Steps have words of their own.
  IN_PROGRESS: 'running',
  DONE: 'finished',
  READY: 'waiting',
  WAITING: 'waiting',
  PENDING_USER: 'waiting',
  PAUSED: 'paused',
  FAILED: 'failed',
  ABORT_PENDING: 'running',
  ABORTED: 'aborted',
  DISCARDED: 'aborted',
  FINISHED_WITH_WARNING: 'warned',
  FINISHED: 'finished',
  SKIPPED: 'finished',
}

/** What a status of iconik means here; null for one that this version does not know. */
export const phaseOfStatus = (status: string): JobPhase | null => PHASES[status] ?? null

/** A status in words; one that is not known stays as iconik writes it. */
export function nameOfStatus(status: string): string {
  const phase = phaseOfStatus(status)
  return phase ? strings.jobs.states[phase] : status
}
