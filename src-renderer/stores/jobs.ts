import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import type { AssetId, JobId } from '@contract/ids.ts'
import type { Input } from '@contract/index.ts'
import type { JobFilter, JobView } from '@contract/jobs.ts'
import { ferry, toErrorView } from '../client/index.ts'
import { hear } from './hear.ts'
import { usePagedRows, type PagedRows } from './paged-rows.ts'

export type JobAction = Input<'jobs.act'>['action']
/** The page says again that it looks well before main stops telling after 30 s. */
const FOLLOW_EVERY_MS = 20_000

/** Jobs of the account: one window of top-level jobs, and one per job that is unfolded. */
export const useJobs = defineStore('jobs', () => {
  const filter = reactive({ statuses: [] as string[], types: [] as string[], text: '', mine: false })
  const unfolded = ref<ReadonlySet<string>>(new Set())
  const selectedId = ref<JobId | null>(null)
  const selected = shallowRef<JobView | null>(null)
  const problem = shallowRef<ErrorView | null>(null)

  const listFor = (parentId: JobId | null) =>
    usePagedRows<JobView>((window) => ferry().call('jobs.list', { filter: filterFor(parentId), window }))
  const top = listFor(null)
  const children = new Map<string, PagedRows<JobView>>()
  const childrenVersion = ref(0)
  let followTimer: ReturnType<typeof setInterval> | undefined
  let watchers = 0

  function filterFor(parentId: JobId | null): Partial<JobFilter> {
    // Subjobs are shown whole: the filter chose their parent.
    if (parentId) return { parentId }
    return { statuses: [...filter.statuses], types: [...filter.types], text: filter.text, mine: filter.mine }
  }

  function childrenOf(id: JobId): PagedRows<JobView> {
    void childrenVersion.value
    const known = children.get(id)
    if (known) return known
    const made = listFor(id)
    children.set(id, made)
    void made.refresh()
    return made
  }

  function toggle(id: JobId, open = !unfolded.value.has(id)): void {
    const next = new Set(unfolded.value)
    if (open) next.add(id)
    else next.delete(id)
    unfolded.value = next
  }

  async function refresh(): Promise<void> {
    await Promise.all([top.refresh(), ...[...children.values()].map((window) => window.refresh())])
  }

  async function look(at: Partial<typeof filter>): Promise<void> {
    Object.assign(filter, at)
    await top.refresh()
  }

  async function select(id: JobId | null): Promise<void> {
    selectedId.value = id
    if (id === null) {
      selected.value = null
      return
    }
    await run(async () => {
      const job = await ferry().call('jobs.get', { id })
      if (selectedId.value === id) selected.value = job
    })
  }

  function take(rows: readonly JobView[]): void {
    top.patch(rows)
    for (const window of children.values()) window.patch(rows)
    const current = rows.find((row) => row.id === selectedId.value)
    if (current) selected.value = current
  }

  /** Keeps news coming until the returned function is called. */
  function follow(): () => void {
    watchers += 1
    if (watchers === 1) {
      void ferry().call('jobs.follow', {}).catch(ignoreUntilNextRead)
      followTimer = setInterval(
        () => void ferry().call('jobs.follow', {}).catch(ignoreUntilNextRead),
        FOLLOW_EVERY_MS,
      )
    }
    void refresh()
    return () => {
      watchers -= 1
      if (watchers === 0) clearInterval(followTimer)
    }
  }

  /** A list that cannot be read says so itself; that it is not followed needs no second message. */
  function ignoreUntilNextRead(): void {}

  async function run(action: () => Promise<unknown>): Promise<boolean> {
    problem.value = null
    try {
      await action()
      return true
    } catch (error) {
      problem.value = toErrorView(error)
      return false
    }
  }

  const act = (ids: JobId[], action: JobAction) =>
    run(async () => {
      await ferry().call('jobs.act', { ids, action })
      await refresh()
      if (selectedId.value) await select(selectedId.value)
    })
  const setPriority = (ids: JobId[], priority: number) =>
    run(async () => {
      await ferry().call('jobs.setPriority', { ids, priority })
      await refresh()
      if (selectedId.value) await select(selectedId.value)
    })
  /** Assets that the job which is being written is about; null while none is. */
  const composing = shallowRef<readonly AssetId[] | null>(null)
  /** @returns how many were made; null when none could be */
  async function create(wanted: Input<'jobs.create'>): Promise<number | null> {
    let made: number | null = null
    await run(async () => {
      const { ids, error } = await ferry().call('jobs.create', wanted)
      made = ids.length
      await refresh()
      if (ids[0]) await select(ids[0])
      if (error) problem.value = error
    })
    return made
  }
  const update = (changes: Input<'jobs.update'>) =>
    run(async () => {
      take([await ferry().call('jobs.update', changes)])
    })
  const remove = (ids: JobId[]) =>
    run(async () => {
      await ferry().call('jobs.delete', { ids })
      if (selectedId.value && ids.includes(selectedId.value)) await select(null)
      await refresh()
    })

  hear('jobs.changed', ({ rows }) => {
    take(rows)
    // A job that is not held is new: it belongs at the top.
    if (rows.some((row) => row.parentId === null && !holds(row.id))) void top.refresh()
  })
  hear('accounts.changed', () => {
    children.clear()
    childrenVersion.value += 1
    unfolded.value = new Set()
    void select(null)
    void top.refresh()
  })

  /** Title of a job that is in the list; '' otherwise. */
  function titleOf(id: string): string {
    for (let index = 0; index < top.total.value; index += 1) {
      const row = top.rowAt(index)
      if (row?.id === id) return row.title
    }
    return ''
  }
  function holds(id: string): boolean {
    for (let index = 0; index < Math.min(top.total.value, 60); index += 1) {
      if (top.rowAt(index)?.id === id) return true
    }
    return false
  }

  const failure = computed(() => (top.failure.value === null ? null : toErrorView(top.failure.value)))

  return {
    filter,
    unfolded,
    selectedId,
    selected,
    problem,
    failure,
    top,
    childrenOf,
    titleOf,
    toggle,
    refresh,
    look,
    select,
    follow,
    act,
    setPriority,
    composing,
    create,
    update,
    attempt: run,
    remove,
  }
})
