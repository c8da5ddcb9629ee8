import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import type { AccountId, AssetId } from '@contract/ids.ts'
import type { SendPlan, SendRequest } from '@contract/send.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'
import { useAccounts } from './accounts.ts'

type Choices = Pick<SendRequest, 'viewId' | 'into' | 'withCollections' | 'storageId' | 'access' | 'again'>
const untouched = (): Choices => ({
  viewId: null,
  into: [],
  withCollections: true,
  storageId: null,
  access: 'default',
  again: false,
})

/** The sheet that sends assets of the local workspace to an account: what was chosen, and what main makes of it. */
export const useSend = defineStore('send', () => {
  const accounts = useAccounts()
  const isOpen = ref(false)
  const assetIds = shallowRef<AssetId[] | null>(null)
  const accountId = ref<AccountId | null>(null)
  const choices = reactive<Choices>(untouched())
  const plan = shallowRef<SendPlan | null>(null)
  const error = shallowRef<ErrorView | null>(null)
  const isStarting = ref(false)
  const isPlanning = ref(false)
  let asked = new AbortController()

  const targets = computed(() => (accounts.state?.known ?? []).filter(({ kind }) => kind === 'iconik'))

  function open(ids: readonly AssetId[] | null): void {
    assetIds.value = ids === null ? null : [...ids]
    Object.assign(choices, untouched())
    plan.value = null
    error.value = null
    accountId.value = targets.value.some(({ id }) => id === accountId.value)
      ? accountId.value
      : (targets.value[0]?.id ?? null)
    isOpen.value = true
    void refresh()
  }
  function close(): void {
    asked.abort()
    isOpen.value = false
  }
  const request = (): SendRequest | null =>
    accountId.value && { accountId: accountId.value, assetIds: assetIds.value, ...choices }

  async function refresh(): Promise<void> {
    asked.abort()
    const wanted = request()
    if (!wanted) return
    const mine = (asked = new AbortController())
    isPlanning.value = true
    error.value = null
    try {
      const found = await ferry().call('send.plan', wanted, { signal: mine.signal })
      if (asked === mine) plan.value = found
    } catch (failure) {
      if (asked !== mine || isCancelled(failure)) return
      plan.value = null
      error.value = toErrorView(failure)
    } finally {
      if (asked === mine) isPlanning.value = false
    }
  }
  async function choose(change: Partial<Choices>): Promise<void> {
    Object.assign(choices, change)
    await refresh()
  }
  async function chooseAccount(id: AccountId): Promise<void> {
    accountId.value = id
    // A view or a storage of one account is none of another.
    Object.assign(choices, { viewId: null, storageId: null })
    plan.value = null
    await refresh()
  }
  /** Queues them and opens the account that they go to. @returns how many are in its queue now; null when it failed */
  async function start(): Promise<number | null> {
    const wanted = request()
    if (!wanted || isStarting.value) return null
    isStarting.value = true
    error.value = null
    try {
      const { queuedCount } = await ferry().call('send.start', wanted)
      // The page of another account is another page: the sheet must not be open in it.
      isOpen.value = false
      await accounts.switchTo(wanted.accountId)
      return queuedCount
    } catch (failure) {
      // What is queued stays queued, and is found again by the next plan.
      isOpen.value = true
      error.value = toErrorView(failure)
      return null
    } finally {
      isStarting.value = false
    }
  }
  return {
    isOpen,
    accountId,
    choices,
    plan,
    error,
    isStarting,
    isPlanning,
    targets,
    isForAll: computed(() => assetIds.value === null),
    open,
    close,
    choose,
    chooseAccount,
    start,
  }
})
