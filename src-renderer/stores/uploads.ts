import { defineStore } from 'pinia'
import { computed, markRaw, ref, shallowRef } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import type { BatchId } from '@contract/ids.ts'
import type { Input } from '@contract/index.ts'
import type { BatchView, UploadRow, UploadState, UploadSummary } from '@contract/uploads.ts'
import { ferry, toErrorView } from '../client/index.ts'
import { hear } from './hear.ts'
import { usePagedRows, type PagedRows } from './paged-rows.ts'
import { useTransfers } from './transfers.ts'

export type UploadSelection = Input<'uploads.pause'>

export const SECTION_STATES = {
  'needs-you': ['failed'],
  active: ['uploading', 'checking', 'preparing'],
  next: ['settling', 'waiting', 'paused'],
  verified: ['done'],
  ended: ['unproven', 'cancelled'],
} as const satisfies Record<string, readonly UploadState[]>
export type SectionId = keyof typeof SECTION_STATES
export const SECTION_IDS = Object.keys(SECTION_STATES) as SectionId[]

/** What the sidebar offers; each is a set of states. */
export const QUEUE_FILTERS = {
  all: null,
  active: SECTION_STATES.active,
  waiting: ['settling', 'waiting'],
  'needs-you': SECTION_STATES['needs-you'],
  paused: ['paused'],
  verified: SECTION_STATES.verified,
  ended: SECTION_STATES.ended,
} as const satisfies Record<string, readonly UploadState[] | null>
export type QueueFilter = keyof typeof QUEUE_FILTERS

export interface QueueSection {
  readonly id: SectionId
  readonly rows: PagedRows<UploadRow>
}

/** Five minutes of speed, one sample a second. */
const SPEED_SAMPLES = 300

/** The upload queue as main last told it, and what of it a person looks at. */
export const useUploads = defineStore('uploads', () => {
  const transfers = useTransfers()
  const summary = computed(() => transfers.summary)
  const batches = shallowRef<readonly BatchView[]>([])
  const queueFilter = ref<QueueFilter>('all')
  const batchId = ref<BatchId | null>(null)
  const text = ref('')
  /** The failure of the last action; shown above the list until the next one. */
  const problem = shallowRef<ErrorView | null>(null)
  /** Newer order waits because the pointer is over the list. */
  const orderIsOld = ref(false)
  const speeds = shallowRef<readonly number[]>([])

  let revision = -1
  let heldByPointer = false
  let lastSampleAt = 0
  let refreshTimer: ReturnType<typeof setTimeout> | undefined

  const sections = markRaw(
    SECTION_IDS.map((id): QueueSection => ({ id, rows: usePagedRows((window) => fetchSection(id, window)) })),
  )

  async function fetchSection(id: SectionId, window: { offset: number; limit: number }) {
    const states = statesShown(id)
    if (states.length === 0) return { total: 0, rows: [] }
    const filter = { states, text: text.value, ...(batchId.value ? { batchId: batchId.value } : {}) }
    const answer = await ferry().call('uploads.list', { filter, window })
    revision = Math.max(revision, answer.revision)
    return answer
  }

  function statesShown(id: SectionId): UploadState[] {
    const wanted: readonly UploadState[] | null = QUEUE_FILTERS[queueFilter.value]
    return SECTION_STATES[id].filter((state) => !wanted || wanted.includes(state))
  }

  const counts = computed(() => summary.value?.counts ?? null)
  const count = (filter: QueueFilter): number => {
    const states: readonly UploadState[] | null = QUEUE_FILTERS[filter]
    const all = counts.value
    if (!all) return 0
    return (states ?? (Object.keys(all) as UploadState[])).reduce((sum, state) => sum + (all[state] ?? 0), 0)
  }
  const shownTotal = computed(() => sections.reduce((sum, section) => sum + section.rows.total.value, 0))
  const isLoaded = computed(() => sections.every((section) => section.rows.loaded.value))
  const readFailure = computed(
    () => sections.find((section) => section.rows.failure.value)?.rows.failure.value ?? null,
  )

  async function refreshRows(): Promise<void> {
    orderIsOld.value = false
    await Promise.all(sections.map((section) => section.rows.refresh()))
  }

  async function refreshBatches(): Promise<void> {
    batches.value = await ferry().call('uploads.batches', {})
  }

  async function refresh(): Promise<void> {
    await Promise.all([transfers.start(), refreshRows(), refreshBatches()])
  }

  /** Shows another part of the queue: '' for all, a filter, or `batch:` and its id. Rows stay until new ones are there. */
  async function lookAt(at: string): Promise<void> {
    batchId.value = at.startsWith('batch:') ? (at.slice('batch:'.length) as BatchId) : null
    queueFilter.value = at in QUEUE_FILTERS ? (at as QueueFilter) : 'all'
    await refreshRows()
  }

  /** Shows only rows whose name, folder or reason has these words. */
  async function search(words: string): Promise<void> {
    text.value = words
    await refreshRows()
  }

  /**
   * While the pointer is over the list, rows change in place and keep their order; the new order comes when it leaves.
   */
  function holdOrder(held: boolean): void {
    heldByPointer = held
    if (!held && orderIsOld.value) refreshSoon()
  }

  /** At most one re-read a second, however fast small files finish. */
  function refreshSoon(): void {
    refreshTimer ??= setTimeout(() => {
      refreshTimer = undefined
      if (heldByPointer) orderIsOld.value = true
      else void refreshRows().then(refreshBatches).catch(keepProblem)
    }, 1000)
  }

  function sampleSpeed(latest: UploadSummary): void {
    const now = Date.now()
    if (now - lastSampleAt < 1000) return
    lastSampleAt = now
    speeds.value = [...speeds.value, latest.bytesPerSecond ?? 0].slice(-SPEED_SAMPLES)
  }

  function keepProblem(error: unknown): void {
    problem.value = toErrorView(error)
  }

  /** Runs an action of a person: a failure is kept for the page to show, and told to the caller. */
  async function act(action: () => Promise<unknown>): Promise<boolean> {
    problem.value = null
    try {
      await action()
      return true
    } catch (error) {
      keepProblem(error)
      return false
    }
  }

  const pause = (of: UploadSelection) => act(() => ferry().call('uploads.pause', of))
  const resume = (of: UploadSelection) => act(() => ferry().call('uploads.resume', of))
  const retry = (of: UploadSelection) => act(() => ferry().call('uploads.retry', of))
  const cancel = (of: UploadSelection) => act(() => ferry().call('uploads.cancel', of))
  const prioritize = (of: UploadSelection) => act(() => ferry().call('uploads.prioritize', of))
  const clearFinished = () => act(() => ferry().call('uploads.clearFinished', {}))
  const setLimit = (bytesPerSecond: number | null) =>
    act(() => ferry().call('uploads.setLimit', { bytesPerSecond }))

  /** Writes a batch's receipt; the folder it was written to, or null after a failure or without a folder. */
  async function writeReceipt(of: BatchId): Promise<string | null> {
    let written: string | null = null
    await act(async () => {
      const directory = await ferry().call('shell.pickFolder', { title: 'Folder for the receipt' })
      if (directory === null) return
      written = (await ferry().call('uploads.receipt', { batchId: of, directory })).directory
    })
    return written
  }

  const reveal = (path: string) => act(() => ferry().call('shell.reveal', { path }))
  const copy = (words: string) => act(() => ferry().call('shell.copy', { text: words }))
  const openOnline = (id: NonNullable<UploadRow['assetId']>) =>
    act(() => ferry().call('shell.openAsset', { id }))

  hear('uploads.changed', (change) => {
    sampleSpeed(change.summary)
    // A list that was read after this event already holds its rows.
    if (change.revision >= revision) {
      revision = change.revision
      for (const section of sections) section.rows.patch(change.rows)
    }
    if (change.listChanged) refreshSoon()
  })
  hear('accounts.changed', () => void act(refresh))
  void refresh().catch(keepProblem)

  return {
    summary,
    batches,
    queueFilter,
    batchId,
    text,
    problem,
    orderIsOld,
    speeds,
    sections,
    shownTotal,
    isLoaded,
    readFailure,
    count,
    lookAt,
    search,
    attempt: act,
    refresh,
    refreshRows,
    holdOrder,
    pause,
    resume,
    retry,
    cancel,
    prioritize,
    clearFinished,
    setLimit,
    writeReceipt,
    reveal,
    copy,
    openOnline,
  }
})
