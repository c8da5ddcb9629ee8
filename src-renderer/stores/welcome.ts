import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Whether the Welcome screen was asked for although somebody is signed in, to add an account. */
export const useWelcome = defineStore('welcome', () => {
  const isOpen = ref(false)
  return {
    isOpen,
    open: () => {
      isOpen.value = true
    },
    close: () => {
      isOpen.value = false
    },
  }
})
