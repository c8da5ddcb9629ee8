import {
  ArrowUpToLine,
  Copy,
  ExternalLink,
  FolderSearch,
  Pause,
  Play,
  RotateCcw,
  SquareArrowOutUpRight,
  X,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { UploadRow, UploadState } from '@contract/uploads.ts'
import type { MenuEntry } from '../../components/menu.ts'
import { strings } from '../../lib/strings/index.ts'

const words = strings.uploads.actions

/** What the list can do with one row; the page decides how. */
export interface RowDeeds {
  pause(row: UploadRow): void
  resume(row: UploadRow): void
  retry(row: UploadRow): void
  cancel(row: UploadRow): void
  toTop(row: UploadRow): void
  reveal(row: UploadRow): void
  copyPath(row: UploadRow): void
  copyReason(row: UploadRow): void
  showAsset(row: UploadRow): void
  openOnline(row: UploadRow): void
}

export interface QuickAction {
  readonly id: string
  readonly label: string
  readonly icon: Component
  run(): void
}

const CAN_PAUSE: ReadonlySet<UploadState> = new Set(['waiting', 'preparing', 'uploading', 'settling'])
const CAN_CANCEL: ReadonlySet<UploadState> = new Set([...CAN_PAUSE, 'paused', 'failed', 'checking'])
const CAN_RETRY: ReadonlySet<UploadState> = new Set(['failed', 'cancelled', 'unproven'])

/** At most two, in the places where they always are. */
export function quickActions(row: UploadRow, deeds: RowDeeds): QuickAction[] {
  const cancel = { id: 'cancel', label: words.cancel, icon: X, run: () => deeds.cancel(row) }
  switch (row.state) {
    case 'uploading':
    case 'preparing':
      return [{ id: 'pause', label: words.pause, icon: Pause, run: () => deeds.pause(row) }, cancel]
    case 'waiting':
      return [{ id: 'top', label: words.toTop, icon: ArrowUpToLine, run: () => deeds.toTop(row) }, cancel]
    case 'paused':
      return [{ id: 'resume', label: words.resume, icon: Play, run: () => deeds.resume(row) }, cancel]
    case 'cancelled':
    case 'unproven':
      return [{ id: 'retry', label: words.retry, icon: RotateCcw, run: () => deeds.retry(row) }]
    case 'done':
      return row.assetId
        ? [
            {
              id: 'asset',
              label: words.showAsset,
              icon: SquareArrowOutUpRight,
              run: () => deeds.showAsset(row),
            },
          ]
        : []
    case 'settling':
      return [cancel]
    case 'checking':
    case 'failed':
      return []
  }
}

/** Everything that can be done with a row, for its menu. Danger stands last. */
export function rowMenu(row: UploadRow, deeds: RowDeeds): MenuEntry[] {
  const begin: MenuEntry[] = []
  if (row.state === 'paused') begin.push({ label: words.resume, icon: Play, run: () => deeds.resume(row) })
  if (CAN_PAUSE.has(row.state)) begin.push({ label: words.pause, icon: Pause, run: () => deeds.pause(row) })
  if (CAN_RETRY.has(row.state))
    begin.push({ label: words.retry, icon: RotateCcw, run: () => deeds.retry(row) })
  if (row.state === 'waiting' || row.state === 'paused')
    begin.push({ label: words.toTop, icon: ArrowUpToLine, run: () => deeds.toTop(row) })
  const look: MenuEntry[] = row.isFetched
    ? []
    : [{ label: words.reveal, icon: FolderSearch, run: () => deeds.reveal(row) }]
  if (row.assetId) {
    look.push({ label: words.showAsset, icon: SquareArrowOutUpRight, run: () => deeds.showAsset(row) })
    look.push({ label: words.openOnline, icon: ExternalLink, run: () => deeds.openOnline(row) })
  }
  if (!row.isFetched) look.push({ label: words.copyPath, icon: Copy, run: () => deeds.copyPath(row) })
  if (row.error) look.push({ label: words.copyReason, icon: Copy, run: () => deeds.copyReason(row) })
  const end: MenuEntry[] = CAN_CANCEL.has(row.state)
    ? ['line', { label: words.cancelUpload, icon: X, danger: true, run: () => deeds.cancel(row) }]
    : []
  return begin.length > 0 ? [...begin, 'line', ...look, ...end] : [...look, ...end]
}
