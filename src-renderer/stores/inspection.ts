import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useSectionOpen } from './section-open.ts'
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
  /** The form is asked to take the focus as soon as it can: it may not be there yet, or still be reading its values. */
  const editWished = ref(false)
  return {
    isOpen,
    viewerOpen,
    batchOpen,
    editWished,
    toggle(): void {
      isOpen.value = !isOpen.value
    },
    openViewer(): void {
      viewerOpen.value = true
    },
    /** Brings the metadata of the selection up for editing. */
    edit(): void {
      isOpen.value = true
      useSectionOpen(() => 'metadata').value = true
      editWished.value = true
    },
  }
})
