import type { UploadState } from '@contract/uploads.ts'
import { isEnd } from './upload-record.ts'
import type { UploadHold, UploadStep } from './upload-record.ts'

/** The word that a person sees for an upload. An end is an end, whatever was asked for afterwards. */
export function viewState(upload: { step: UploadStep; hold: UploadHold; active: boolean }): UploadState {
  switch (upload.step) {
    case 'verified':
      return 'done'
    case 'unproven':
    case 'failed':
    case 'cancelled':
      return upload.step
    default:
  }
  if (upload.hold === 'paused') return 'paused'
  if (!upload.active) return 'waiting'
  if (upload.step === 'bytes') return 'uploading'
  return upload.step === 'closed' ? 'checking' : 'preparing'
}

/** Part of the list that a row belongs to: what needs a person, what moves, what waits, what is over. */
export function listSection(upload: { step: UploadStep; active: boolean }): 0 | 1 | 2 | 3 {
  if (upload.step === 'failed') return 0
  if (isEnd(upload.step)) return 3
  return upload.active ? 1 : 2
}
