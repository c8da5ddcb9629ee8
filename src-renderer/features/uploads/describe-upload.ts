import type { UploadRow } from '@contract/uploads.ts'
import type { BarState } from '../../components/ProgressBar.vue'
import { formatTimeLeft } from '../../lib/durations.ts'
import { formatSize, formatSizeOf, formatSpeed } from '../../lib/sizes.ts'
import { strings } from '../../lib/strings/index.ts'

export type Tone = 'plain' | 'progress' | 'done' | 'warn' | 'error' | 'paused'

export interface UploadDescription {
  readonly tone: Tone
  readonly label: string
  /** Stands right of the label; '' when there is nothing to say. */
  readonly detail: string
  /** `value` from 0 to 1. */
  readonly bar: { readonly state: BarState; readonly value: number } | null
}

const words = strings.uploads

/** What a row says about itself. Green, and its shield, are for `done` alone: the storage's evidence agreed. */
export function describeUpload(row: UploadRow): UploadDescription {
  const label = words.states[row.state]
  switch (row.state) {
    case 'settling':
      return { tone: 'warn', label, detail: words.details.settling, bar: null }
    case 'preparing':
      return { tone: 'progress', label, detail: words.details.preparing, bar: { state: 'sending', value: 0 } }
    case 'uploading':
      return describeSending(row)
    case 'checking':
      return {
        tone: 'progress',
        label,
        detail: words.details.checking,
        bar: { state: 'checking', value: 1 },
      }
    case 'paused':
      return {
        tone: 'paused',
        label,
        detail: row.sentBytes > 0 ? words.details.pausedAt(formatSize(row.sentBytes)) : '',
        bar: row.sentBytes > 0 ? { state: 'paused', value: shareSent(row) } : null,
      }
    case 'done':
      return describeDone(row)
    case 'unproven':
      return { tone: 'paused', label, detail: words.details.unproven, bar: null }
    case 'failed':
      return { tone: 'error', label, detail: '', bar: null }
    case 'waiting':
      return { tone: 'plain', label, detail: '', bar: null }
    case 'cancelled':
      return { tone: 'paused', label, detail: '', bar: null }
  }
}

function describeSending(row: UploadRow): UploadDescription {
  const isRestart = row.attempts > 1 && row.sentBytes === 0
  return {
    tone: 'progress',
    label: isRestart ? words.states.restarting : words.states.uploading,
    detail: isRestart ? words.details.attempt(row.attempts) : sendingDetail(row),
    bar: { state: 'sending', value: shareSent(row) },
  }
}

/** 0 to 1; a file of no bytes has nothing left to send. */
function shareSent(row: UploadRow): number {
  return row.sizeBytes > 0 ? Math.min(1, row.sentBytes / row.sizeBytes) : 1
}

function sendingDetail(row: UploadRow): string {
  if (!row.bytesPerSecond) return formatSizeOf(row.sentBytes, row.sizeBytes)
  const secondsLeft = Math.max(0, row.sizeBytes - row.sentBytes) / row.bytesPerSecond
  return words.details.speedAndLeft(formatSpeed(row.bytesPerSecond), formatTimeLeft(secondsLeft))
}

function describeDone(row: UploadRow): UploadDescription {
  const { preview, metadata } = words.details
  const trouble =
    row.warning ??
    (row.metadata === 'failed' ? metadata.failed : null) ??
    (row.preview === 'failed' ? preview.failed : null)
  const behind =
    row.metadata === 'waiting'
      ? metadata.waiting
      : row.preview === 'running' || row.preview === 'waiting'
        ? preview[row.preview]
        : null
  return { tone: 'done', label: words.states.done, detail: trouble ?? behind ?? row.proof, bar: null }
}
