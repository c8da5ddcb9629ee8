import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import { useAccounts } from './accounts.ts'

export interface Toast {
  readonly id: number
  readonly text: string
  readonly action: { readonly label: string; readonly run: () => void } | null
}

/** Short notes about what succeeded or can be undone. What needs an action is shown where it happened instead. */
export const useToasts = defineStore('toasts', () => {
  const shown = shallowRef<readonly Toast[]>([])
  let count = 0
  function show(text: string, action: Toast['action'] = null): number {
    const id = ++count
    shown.value = [...shown.value, { id, text, action }].slice(-3)
    return id
  }
  function close(id: number): void {
    shown.value = shown.value.filter((toast) => toast.id !== id)
  }
  // What one account's notes offer, such as to undo, is nothing to do in another.
  watch(
    () => useAccounts().current?.id,
    () => {
      shown.value = []
    },
    { flush: 'sync' },
  )
  return { shown, show, close }
})
