import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { AccountView } from '@contract/accounts.ts'

/** What the Welcome screen is asked for although there is an account. */
export interface SignInAgain {
  account: AccountView
  /** The token is to be kept for this session only, whatever the keychain can do. */
  sessionOnly: boolean
}

/** Whether the Welcome screen was asked for although somebody is signed in: to add an account, or to sign in to one again. */
export const useWelcome = defineStore('welcome', () => {
  const isOpen = ref(false)
  const again = shallowRef<SignInAgain | null>(null)
  return {
    isOpen,
    again,
    open: () => {
      again.value = null
      isOpen.value = true
    },
    signInAgain: (account: AccountView, sessionOnly = false) => {
      again.value = { account, sessionOnly }
      isOpen.value = true
    },
    close: () => {
      isOpen.value = false
      again.value = null
    },
  }
})
