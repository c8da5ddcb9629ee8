import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { AccountView } from '@contract/accounts.ts'
import type { ErrorView } from '@contract/errors.ts'
import { toErrorView } from '../client/index.ts'
import { useAccounts } from './accounts.ts'

/** Signing out, from the question to its end. */
export const useLeaving = defineStore('leaving', () => {
  const accounts = useAccounts()
  /** Who is to be signed out; null while nobody is asked. */
  const account = shallowRef<AccountView | null>(null)
  const problem = shallowRef<ErrorView | null>(null)
  const isBusy = ref(false)
  return {
    account,
    problem,
    isBusy,
    ask: (leaving: AccountView) => {
      problem.value = null
      account.value = leaving
    },
    stay: () => {
      account.value = null
    },
    /** @param leaveToken goes on although the keychain cannot be used */
    leave: async (leaveToken = false) => {
      if (!account.value || isBusy.value) return
      isBusy.value = true
      problem.value = null
      try {
        await accounts.signOut(account.value.id, leaveToken)
        account.value = null
      } catch (error) {
        problem.value = toErrorView(error)
      } finally {
        isBusy.value = false
      }
    },
  }
})
