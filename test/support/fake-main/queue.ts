import type { Handlers } from '@contract/index.ts'
import type { BatchView, UploadRow, UploadState, UploadSummary } from '@contract/uploads.ts'
import { BatchId, UploadId } from '@contract/ids.ts'
import { assetIdOf } from './assets.ts'
import type { FakeBridge } from './bridge.ts'

const ORDER: UploadState[] = [
  'failed',
  'uploading',
  'checking',
  'preparing',
  'settling',
  'waiting',
  'paused',
  'done',
  'unproven',
  'cancelled',
]

function stateAt(index: number): UploadState {
  if (index < 2) return 'failed'
  if (index < 5) return 'uploading'
  if (index === 5) return 'checking'
  if (index === 6) return 'preparing'
  if (index === 7) return 'settling'
  if (index === 12) return 'paused'
  if (index === 60) return 'unproven'
  if (index === 61) return 'cancelled'
  return index < 105 ? 'waiting' : 'done'
}

const BATCHES: [string, BatchView['source']][] = [
  ['A014R1K7', 'drop'],
  ['B007_0318QF.RDM', 'drop'],
  ['Sound, watch folder', 'watch'],
  ['VFX turnover 018', 'command'],
]

function makeRow(index: number, now: number): UploadRow {
  const state = stateAt(index)
  const sizeBytes = 400_000_000 + ((index * 7_919_000_003) % 18_000_000_000)
  const title =
    index % 9 === 7
      ? `LW_T14_${String(index).padStart(2, '0')}.WAV`
      : `A014C${String(index + 1).padStart(3, '0')}_260318_R1K7${index % 13 === 3 ? '_camera_original_with_a_very_long_name_that_must_be_cut.mxf' : ''}`
  const share = { uploading: 0.62 - index * 0.08, checking: 1, paused: 0.54, done: 1, unproven: 1 }[
    state as string
  ]
  return {
    id: UploadId.parse(`u${index}`),
    batchId: BatchId.parse(`b${index % 4}`),
    title,
    path: `/Volumes/DIT_SHUTTLE_07/OFFLOAD/260318/MU/A014R1K7/${title}.mxf`,
    kind: index % 17 === 4 ? 'sequence' : 'file',
    isFetched: false,
    fileCount: index % 17 === 4 ? 148 : 1,
    collection: index % 5 === 0 ? 'Low Water / Day 14 / Drone' : 'Low Water / Day 14',
    state,
    sizeBytes,
    sentBytes: Math.round(sizeBytes * (share ?? 0)),
    bytesPerSecond: state === 'uploading' ? 192_000_000 - index * 4_000_000 : null,
    assetId: state === 'waiting' || state === 'settling' ? null : assetIdOf(index + 8),
    posterUrl: index % 9 === 7 ? null : `/media/poster/${index % 30}.jpg`,
    proof: state === 'done' ? `${(index % 290) + 1} parts, size and MD5 agree` : '',
    preview: state === 'done' ? (index === 106 ? 'running' : index === 108 ? 'failed' : 'done') : 'none',
    metadata: 'none',
    warning: null,
    error:
      state !== 'failed'
        ? null
        : index === 0
          ? {
              code: 'file.changed',
              message: `${title}.mxf changed twice since 14:31.`,
              retry: { when: 'later' },
              details: {},
            }
          : {
              code: 'storage.refused',
              message: `halden-gcs-eu answered 403 for ${title}.mxf.`,
              retry: { when: 'never' },
              details: { status: 403 },
            },
    attempts: 1,
    queuedAt: new Date(now - 3_600_000).toISOString(),
    finishedAt: state === 'done' ? new Date(now - index * 1000).toISOString() : null,
  }
}

/** A queue of uploads in memory; what is sending moves on when `tick` is called. */
export function fakeQueue(count: number, emit: FakeBridge['emit']) {
  let rows = Array.from({ length: count }, (_, index) => makeRow(index, Date.now()))
  let revision = 1
  let pausedByUser = false
  let limit: number | null = null

  const counted = () => {
    const counts = Object.fromEntries(ORDER.map((state) => [state, 0])) as UploadSummary['counts']
    for (const row of rows) counts[row.state] += 1
    return counts
  }
  const sum = (pick: (row: UploadRow) => number) => rows.reduce((total, row) => total + pick(row), 0)
  const summary = (): UploadSummary => {
    const totalBytes = sum((row) => row.sizeBytes)
    const sentBytes = sum((row) => row.sentBytes)
    const speed = pausedByUser ? 0 : sum((row) => (row.state === 'uploading' ? (row.bytesPerSecond ?? 0) : 0))
    return {
      counts: counted(),
      totalBytes,
      sentBytes,
      verifiedBytes: sum((row) => (row.state === 'done' ? row.sizeBytes : 0)),
      bytesPerSecond: speed || null,
      secondsLeft: speed ? (totalBytes - sentBytes) / speed : null,
      pausedByUser,
      held: null,
      limitBytesPerSecond: limit,
    }
  }
  const batches = (): BatchView[] =>
    BATCHES.map(([title, source], index) => {
      const own = rows.filter((row) => row.batchId === `b${index}`)
      return {
        id: BatchId.parse(`b${index}`),
        title,
        source,
        createdAt: new Date(Date.now() - 3_600_000).toISOString(),
        uploadCount: own.length,
        doneCount: own.filter((row) => row.state === 'done').length,
        failedCount: own.filter((row) => row.state === 'failed').length,
        sizeBytes: own.reduce((total, row) => total + row.sizeBytes, 0),
      }
    }).filter((batch) => batch.uploadCount > 0)

  function change(changed: UploadRow[], listChanged: boolean): void {
    const newer = new Map(changed.map((row) => [row.id, row]))
    rows = rows.map((row) => newer.get(row.id) ?? row)
    revision += 1
    emit('uploads.changed', { revision, rows: changed, listChanged, summary: summary() })
  }
  const chosen = (selection: { ids?: string[]; batchId?: string; all?: true }) =>
    rows.filter((row) =>
      selection.all
        ? true
        : selection.batchId
          ? row.batchId === selection.batchId
          : selection.ids?.includes(row.id),
    )
  const move = (from: UploadState[], to: UploadState) => async (selection: Parameters<typeof chosen>[0]) => {
    change(
      chosen(selection)
        .filter((row) => from.includes(row.state))
        .map((row) => ({ ...row, state: to, error: null, bytesPerSecond: null })),
      true,
    )
    return null
  }

  const handlers: Partial<Handlers> = {
    'uploads.summary': async () => summary(),
    'uploads.batches': async () => batches(),
    'uploads.list': async ({ filter, window }) => {
      const words = filter.text.toLowerCase()
      const found = rows
        .filter((row) => !filter.states || filter.states.includes(row.state))
        .filter((row) => !filter.batchId || row.batchId === filter.batchId)
        .filter(
          (row) =>
            !words || `${row.title} ${row.path} ${row.error?.message ?? ''}`.toLowerCase().includes(words),
        )
        .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
      return { revision, total: found.length, rows: found.slice(window.offset, window.offset + window.limit) }
    },
    'uploads.pause': async (selection) => {
      if ('all' in selection) {
        pausedByUser = true
        change([], false)
        return null
      }
      return move(['waiting', 'uploading', 'preparing', 'settling'], 'paused')(selection)
    },
    'uploads.resume': async (selection) => {
      if ('all' in selection) {
        pausedByUser = false
        change([], false)
        return null
      }
      return move(['paused'], 'waiting')(selection)
    },
    'uploads.retry': move(['failed', 'cancelled', 'unproven'], 'waiting'),
    'uploads.cancel': move(ORDER.slice(0, 7), 'cancelled'),
    'uploads.prioritize': async (selection) => {
      const first = chosen(selection)
      rows = [...first, ...rows.filter((row) => !first.includes(row))]
      change([], true)
      return null
    },
    'uploads.clearFinished': async () => {
      rows = rows.filter((row) => row.state !== 'done')
      change([], true)
      return null
    },
    'uploads.setLimit': async ({ bytesPerSecond }) => {
      limit = bytesPerSecond
      change([], false)
      return null
    },
    'uploads.receipt': async ({ directory }) => ({ directory: `${directory}/Receipt` }),
  }

  /** One quarter of a second of sending. */
  function tick(): void {
    if (pausedByUser) return
    let finished = false
    const changed: UploadRow[] = []
    for (const row of rows) {
      if (row.state === 'uploading') {
        const sentBytes = Math.min(row.sizeBytes, row.sentBytes + (row.bytesPerSecond ?? 0) / 4)
        const state = sentBytes >= row.sizeBytes ? 'checking' : 'uploading'
        changed.push({
          ...row,
          sentBytes,
          state,
          bytesPerSecond: state === 'checking' ? null : row.bytesPerSecond,
        })
        finished ||= state === 'checking'
      }
    }
    change(changed, finished)
  }
  return { handlers, tick }
}
