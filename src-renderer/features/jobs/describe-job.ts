import {
  Archive,
  ArchiveRestore,
  ArrowUpFromLine,
  Ban,
  Captions,
  Check,
  CircleAlert,
  Clock,
  FileSearch,
  Film,
  Images,
  ListChecks,
  LoaderCircle,
  Pause,
  ScanSearch,
  Send,
  Tags,
  TriangleAlert,
  Wrench,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { JobView } from '@contract/jobs.ts'
import { formatTook } from '../../lib/durations.ts'
import { type JobPhase, nameOfStatus, phaseOfStatus } from '../../lib/job-phases.ts'
import { strings } from '../../lib/strings/index.ts'

const words = strings.jobs
/** iconik's statuses behind each filter of the sidebar. */
export const STATUS_FILTERS = {
  all: [],
  running: ['STARTED', 'ABORT_PENDING'],
  waiting: ['READY', 'WAITING', 'PENDING_USER'],
  paused: ['PAUSED'],
  failed: ['FAILED', 'ABORTED', 'FINISHED_WITH_WARNING'],
  finished: ['FINISHED', 'SKIPPED'],
} as const satisfies Record<string, readonly string[]>
export type StatusFilter = keyof typeof STATUS_FILTERS

/** A finished job is grey: that it ended proves nothing about its bytes. */
const LOOKS: Record<JobPhase, { icon: Component; tone: string }> = {
  running: { icon: LoaderCircle, tone: 'is-progress' },
  waiting: { icon: Clock, tone: 'text-3' },
  paused: { icon: Pause, tone: 'is-paused' },
  failed: { icon: CircleAlert, tone: 'is-error' },
  aborted: { icon: Ban, tone: 'is-paused' },
  warned: { icon: TriangleAlert, tone: 'is-warn' },
  finished: { icon: Check, tone: 'text-2' },
}
const TYPE_ICONS: Record<string, Component> = {
  TRANSFER: ArrowUpFromLine,
  TRANSCODE: Film,
  KEYFRAMES: Images,
  ANALYZE: ScanSearch,
  METADATA: Tags,
  EXPORT: Send,
  ARCHIVE: Archive,
  MEDIAINFO: FileSearch,
  TRANSCRIPTION: Captions,
  RESTORE: ArchiveRestore,
  CUSTOM: Wrench,
}

/** What the status of a job means here; null for one that this version does not know. */
export const phaseOf = (job: JobView): JobPhase | null => phaseOfStatus(job.status)
export const iconOf = (type: string): Component => TYPE_ICONS[type] ?? ListChecks
/** iconik has more types than there are words for here: METADATA_FILLING reads “Metadata filling”. */
export function typeName(type: string): string {
  const plain = type.toLowerCase().replaceAll('_', ' ')
  return words.types[type] ?? plain.charAt(0).toUpperCase() + plain.slice(1)
}

/** Icon and colour of a job's or a step's status. */
export function lookOf(status: string): { icon: Component; tone: string } {
  const phase = phaseOfStatus(status)
  return phase ? LOOKS[phase] : { icon: Clock, tone: 'text-3' }
}

export function describeState(job: JobView): { label: string; icon: Component; tone: string } {
  return { label: nameOfStatus(job.status), ...lookOf(job.status) }
}

/** How long a job ran, or runs; '–' before it began. */
export function tookOf(job: JobView, now: number): string {
  if (!job.startedAt) return '–'
  const end = job.completedAt ? Date.parse(job.completedAt) : now
  return formatTook(Math.max(0, end - Date.parse(job.startedAt)) / 1000)
}
