import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useSettings } from './settings.ts'

/** Whether the inspector and the large viewer are open, and requests to them from elsewhere. */
export const useInspection = defineStore('inspection', () => {
  const settings = useSettings()
  const isOpen = computed<boolean>({
    get: () => settings.remembered('inspector.open', true),
    set: (value) => settings.remember('inspector.open', value),
  })
  const viewerOpen = ref(false)
  const batchOpen = ref(false)
  /** Grows each time the form is asked to take the focus. */
  const editRequests = ref(0)
  return {
    isOpen,
    viewerOpen,
    batchOpen,
    editRequests,
    toggle(): void {
      isOpen.value = !isOpen.value
    },
    openViewer(): void {
      viewerOpen.value = true
    },
    /** Brings the metadata of the selection up for editing. */
    edit(): void {
      isOpen.value = true
      editRequests.value += 1
    },
  }
})
