import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import type { BatchId, CollectionId } from '@contract/ids.ts'
import type { PlanClip, PlanGroup, PlanTargets, PlanView } from '@contract/uploads.ts'
import { ferry, toErrorView } from '../client/index.ts'
import { usePagedRows, type PagedRows } from './paged-rows.ts'

type Clip = PlanClip

/** The plan of the drop or pick that a person is looking at: main makes it, this shows it. */
export const usePlans = defineStore('plans', () => {
  const plan = shallowRef<PlanView | null>(null)
  const paths = shallowRef<readonly string[]>([])
  const isOpen = ref(false)
  const isOpening = ref(false)
  const isConfirming = ref(false)
  const problemsOnly = ref(false)
  /** Names of dropped files whose path the platform did not tell. */
  const unnamed = shallowRef<readonly string[]>([])
  const waiting = shallowRef<readonly (readonly string[])[]>([])
  /** A failure of the latest call; the plan itself may still be good. */
  const problem = shallowRef<ErrorView | null>(null)
  const expanded = ref<ReadonlySet<string>>(new Set())

  const clipWindows = new Map<string, PagedRows<Clip>>()
  const windowsVersion = ref(0)
  let unsubscribe: (() => void) | undefined
  let knownClipCounts = new Map<string, string>()
  let targetsSent = 0
  let targetsWaiting: Partial<PlanTargets> = {}
  let targetsTimer: ReturnType<typeof setTimeout> | undefined

  const isGrowing = computed(() => plan.value?.state === 'scanning' || plan.value?.state === 'hashing')
  const includedCount = computed(
    () => plan.value?.groups.reduce((sum, group) => sum + group.includedCount, 0) ?? 0,
  )
  const canConfirm = computed(
    () =>
      plan.value?.state === 'ready' &&
      plan.value.blockers.length === 0 &&
      includedCount.value > 0 &&
      !isConfirming.value,
  )

  function take(next: PlanView): void {
    if (!isOpen.value || (plan.value && plan.value.id !== next.id)) return
    plan.value = next
    refreshGrown(next.groups)
  }

  /** Hears how plans grow. */
  function start(): void {
    unsubscribe ??= ferry().on('uploads.planChanged', (next) => {
      if (plan.value) take(next)
    })
  }

  /** Clips of an open group are read again when the group changed. */
  function refreshGrown(groups: readonly PlanGroup[]): void {
    const counts = new Map<string, string>()
    for (const group of groups) {
      const mark = `${group.clipCount}/${group.includedCount}/${group.sizeBytes}/${group.badge?.text ?? ''}`
      counts.set(group.id, mark)
      if (knownClipCounts.get(group.id) !== mark) void clipWindows.get(group.id)?.refresh()
    }
    knownClipCounts = counts
  }

  /** The clips of one group, read as they come near the screen. */
  function clipsOf(groupId: string): PagedRows<Clip> {
    void windowsVersion.value
    const known = clipWindows.get(groupId)
    if (known) return known
    const made = usePagedRows<Clip>((window) => {
      const id = plan.value?.id
      if (!id) return Promise.resolve({ total: 0, rows: [] })
      return ferry().call('uploads.planClips', { id, groupId, problemsOnly: problemsOnly.value, window })
    })
    clipWindows.set(groupId, made)
    void made.refresh()
    return made
  }

  function toggleGroup(groupId: string, open = !expanded.value.has(groupId)): void {
    const next = new Set(expanded.value)
    if (open) next.add(groupId)
    else next.delete(groupId)
    expanded.value = next
  }

  async function showProblemsOnly(only: boolean): Promise<void> {
    problemsOnly.value = only
    await Promise.all([...clipWindows.values()].map((window) => window.refresh()))
  }

  /**
   * Opens the sheet on paths that were dropped or picked, into a collection where one is shown. Paths that arrive while
   * a plan is open wait until it was confirmed or given up.
   */
  async function open(
    from: readonly string[],
    collectionId: CollectionId | null = null,
    others: Partial<PlanTargets> = {},
  ): Promise<void> {
    if (from.length === 0) return
    if (isOpen.value) {
      waiting.value = [...waiting.value, from]
      return
    }
    const targets = collectionId ? { ...others, collectionId } : others
    paths.value = [...from]
    isOpen.value = true
    isOpening.value = true
    start()
    try {
      const made = await ferry().call('uploads.plan', { paths: [...from], targets })
      if (!isOpen.value) {
        void ferry().call('uploads.discard', { id: made.id })
        return
      }
      plan.value = made
      refreshGrown(made.groups)
      // Deltas that were sent before the id was known are made good by one look.
      take(await ferry().call('uploads.planView', { id: made.id }))
    } catch (error) {
      problem.value = toErrorView(error)
    } finally {
      isOpening.value = false
    }
  }

  /** Chosen values apply at once in the sheet; typing is sent 200 ms after the last key. */
  function setTargets(changes: Partial<PlanTargets>): void {
    if (!plan.value) return
    plan.value = { ...plan.value, targets: { ...plan.value.targets, ...changes } }
    targetsWaiting = { ...targetsWaiting, ...changes }
    clearTimeout(targetsTimer)
    targetsTimer = setTimeout(() => void sendTargets(), 200)
  }

  async function sendTargets(): Promise<void> {
    clearTimeout(targetsTimer)
    const id = plan.value?.id
    const targets = targetsWaiting
    if (!id || Object.keys(targets).length === 0) return
    targetsWaiting = {}
    const mine = ++targetsSent
    await act(async () => {
      const answer = await ferry().call('uploads.setTargets', { id, targets })
      if (mine !== targetsSent) return
      take({ ...answer, targets: { ...answer.targets, ...targetsWaiting } })
    })
  }

  const include = (of: { clipIds?: string[]; groupIds?: string[] }, included: boolean) =>
    act(async () => {
      const id = plan.value?.id
      if (!id) return
      take(await ferry().call('uploads.include', { id, ...of, included }))
      await Promise.all([...clipWindows.values()].map((window) => window.refresh()))
    })

  /** Starts the uploads; the batch, or null when the plan could not be started. */
  async function confirm(): Promise<{ batchId: BatchId; clips: number } | null> {
    const id = plan.value?.id
    if (!id) return null
    isConfirming.value = true
    await sendTargets()
    let started: { batchId: BatchId; clips: number } | null = null
    await act(async () => {
      started = await ferry().call('uploads.confirm', { id })
      forget()
    })
    isConfirming.value = false
    if (started) void openNext()
    return started
  }

  /** Closes the sheet and gives the plan up. Nothing was started. */
  async function discard(): Promise<void> {
    const id = plan.value?.id
    forget()
    if (id) await act(() => ferry().call('uploads.discard', { id }))
    await openNext()
  }

  /** The account is left that it was made for: it is given up, and so is what waited behind it. */
  function abandon(): void {
    unsubscribe?.()
    const id = plan.value?.id
    waiting.value = []
    forget()
    if (id) void act(() => ferry().call('uploads.discard', { id }))
  }
  onScopeDispose(abandon)

  async function openNext(): Promise<void> {
    const [next, ...rest] = waiting.value
    waiting.value = rest
    if (next) await open(next)
  }

  function forget(): void {
    clearTimeout(targetsTimer)
    targetsWaiting = {}
    isOpen.value = false
    plan.value = null
    paths.value = []
    problem.value = null
    problemsOnly.value = false
    expanded.value = new Set()
    clipWindows.clear()
    knownClipCounts.clear()
    windowsVersion.value += 1
  }

  async function act(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action()
      problem.value = null
      return true
    } catch (error) {
      problem.value = toErrorView(error)
      return false
    }
  }

  return {
    plan,
    paths,
    unnamed,
    isOpen,
    isOpening,
    isConfirming,
    isGrowing,
    problemsOnly,
    problem,
    expanded,
    includedCount,
    canConfirm,
    start,
    clipsOf,
    toggleGroup,
    showProblemsOnly,
    open,
    setTargets,
    sendTargets,
    include,
    confirm,
    discard,
    attempt: act,
  }
})
