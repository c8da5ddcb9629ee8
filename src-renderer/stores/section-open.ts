import { computed } from 'vue'
import { useSettings } from './settings.ts'

/** Whether a section of the inspector is open; remembered. Those that cost a call begin closed. */
export function useSectionOpen(id: () => string, startsOpen = true) {
  const settings = useSettings()
  return computed<boolean>({
    get: () => settings.remembered(`inspector.section.${id()}`, startsOpen),
    set: (value) => settings.remember(`inspector.section.${id()}`, value),
  })
}
