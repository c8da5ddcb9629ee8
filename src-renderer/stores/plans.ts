import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import type { CollectionId } from '@contract/ids.ts'
import type { PlanTargets, PlanView } from '@contract/uploads.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'

/**
 * The plan that is open, from a drop or the file dialog. Main scans and decides; this mirrors it and passes choices on.
 * One plan is open at a time: paths that arrive meanwhile wait until it was confirmed or discarded.
 */
export const usePlans = defineStore('plans', () => {
  const plan = shallowRef<PlanView | null>(null)
  /** Why the last request failed; null when it did not. */
  const error = shallowRef<ErrorView | null>(null)
  /** Names of dropped files whose path the platform did not tell. */
  const unnamed = shallowRef<readonly string[]>([])
  const waiting = shallowRef<readonly (readonly string[])[]>([])
  let unlisten: (() => void) | undefined

  function start(): void {
    unlisten ??= ferry().on('uploads.planChanged', (next) => {
      if (next.id === plan.value?.id) plan.value = next
    })
  }
  async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
    error.value = null
    try {
      return await work()
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
      return null
    }
  }
  /** Opens a plan for paths that were dropped or picked, into a collection where one is shown. */
  async function open(paths: readonly string[], collectionId: CollectionId | null = null): Promise<void> {
    if (paths.length === 0) return
    if (plan.value) {
      waiting.value = [...waiting.value, paths]
      return
    }
    start()
    const targets = collectionId ? { collectionId } : {}
    plan.value = await attempt(() => ferry().call('uploads.plan', { paths: [...paths], targets }))
  }
  async function close(): Promise<void> {
    plan.value = null
    const [next, ...rest] = waiting.value
    waiting.value = rest
    if (next) await open(next)
  }
  async function change(work: (id: PlanView['id']) => Promise<PlanView>): Promise<void> {
    const id = plan.value?.id
    if (!id) return
    const next = await attempt(() => work(id))
    if (next && plan.value?.id === id) plan.value = next
  }
  return {
    plan,
    error,
    unnamed,
    isOpen: computed(() => plan.value !== null),
    start,
    open,
    setTargets: (targets: Partial<PlanTargets>) =>
      change((id) => ferry().call('uploads.setTargets', { id, targets })),
    include: (what: { clipIds?: string[]; groupIds?: string[] }, included: boolean) =>
      change((id) => ferry().call('uploads.include', { id, ...what, included })),
    /** Starts the uploads of the plan; resolves with how many clips, or null when it could not start. */
    async confirm(): Promise<number | null> {
      const id = plan.value?.id
      if (!id) return null
      const done = await attempt(() => ferry().call('uploads.confirm', { id }))
      if (done) await close()
      return done?.clips ?? null
    },
    async discard(): Promise<void> {
      const id = plan.value?.id
      if (id) await attempt(() => ferry().call('uploads.discard', { id }))
      await close()
    },
  }
})
