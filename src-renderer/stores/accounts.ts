import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { AccountView, AccountsState, Credentials } from '@contract/accounts.ts'
import type { AccountId } from '@contract/ids.ts'
import { ferry } from '../client/index.ts'
import { mirror } from './mirror.ts'

/** Who is signed in, and which accounts are known. */
export const useAccounts = defineStore('accounts', () => {
  const { state, error, start } = mirror<AccountsState>({
    fetch: () => ferry().call('accounts.state', {}),
    listen: (apply) => ferry().on('accounts.changed', apply),
  })
  const current = computed(() => state.value?.current ?? null)

  const opened = (account: AccountView): AccountView => {
    if (state.value && state.value.current?.id !== account.id)
      state.value = { ...state.value, current: account }
    return account
  }
  return {
    state,
    error,
    current,
    keychain: computed(() => state.value?.keychain ?? null),
    /** False until main has said whether somebody is signed in. */
    known: computed(() => state.value !== null),
    start,
    /** Opens the local workspace; `sampleClips` puts ten generated clips into a new one. */
    openLocal: async (options: { dataDir?: string; sampleClips: boolean }) =>
      opened(await ferry().call('accounts.openLocal', options)),
    test: (credentials: Credentials, signal?: AbortSignal) =>
      ferry().call('accounts.test', credentials, signal ? { signal } : {}),
    connect: async (credentials: Credentials, keepIn: 'keychain' | 'session') =>
      opened(await ferry().call('accounts.connect', { ...credentials, keepIn })),
    beginLogin: (who: { url: string; email: string; password: string }, signal?: AbortSignal) =>
      ferry().call('accounts.beginLogin', who, signal ? { signal } : {}),
    sendCode: (id: string, domainId: string) => ferry().call('accounts.sendCode', { id, domainId }),
    finishLogin: async (
      id: string,
      choice: { domainId: string; code: string | null } | null,
      keepIn: 'keychain' | 'session',
    ) => opened(await ferry().call('accounts.finishLogin', { id, choice, keepIn })),
    switchTo: async (id: AccountId) => opened(await ferry().call('accounts.switch', { id })),
    signOut: (id: AccountId, leaveToken = false) => ferry().call('accounts.signOut', { id, leaveToken }),
    /** Whether the account may do what needs iconik's role; true while roles are not known. */
    can: (role: string) =>
      !current.value || current.value.roles.length === 0 || current.value.roles.includes(role),
  }
})
