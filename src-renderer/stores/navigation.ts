import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

/** The pages behind the rail, in its order. */
export const SECTIONS = ['library', 'uploads', 'watch', 'jobs', 'metadata', 'settings'] as const
export type SectionId = (typeof SECTIONS)[number]

/** A place that back and forward return to. `at` is the section's own business, such as a collection id. */
export interface Place {
  readonly section: SectionId
  readonly at: string
}

const same = (a: Place, b: Place) => a.section === b.section && a.at === b.at

/** Where the person is, and where they were. */
export const useNavigation = defineStore('navigation', () => {
  const trail = shallowRef<readonly Place[]>([{ section: 'library', at: '' }])
  const position = ref(0)
  const place = computed(() => trail.value[position.value] ?? { section: 'library' as const, at: '' })
  /** The last `at` of each section, so that the rail returns to where one was. */
  const last = new Map<SectionId, string>()

  function go(section: SectionId, at = last.get(section) ?? ''): void {
    const next = { section, at }
    last.set(section, at)
    if (same(next, place.value)) return
    trail.value = [...trail.value.slice(0, position.value + 1), next].slice(-100)
    position.value = trail.value.length - 1
  }
  function step(by: -1 | 1): void {
    const next = position.value + by
    const target = trail.value[next]
    if (!target) return
    position.value = next
    last.set(target.section, target.at)
  }
  return {
    place,
    section: computed(() => place.value.section),
    at: computed(() => place.value.at),
    canGoBack: computed(() => position.value > 0),
    canGoForward: computed(() => position.value < trail.value.length - 1),
    go,
    back: () => step(-1),
    forward: () => step(1),
  }
})
