import { defineStore } from 'pinia'
import type { MetadataValues } from '@contract/metadata.ts'

/** What was typed into a form and not saved yet. */
export interface Draft {
  readonly values: MetadataValues
  /** Fields whose values are added to those that are there, instead of replacing them. */
  readonly appended: readonly string[]
}

const KEPT = 200

/** Drafts of forms by what they are about, so that looking at another asset loses nothing that was typed. */
export const useDrafts = defineStore('drafts', () => {
  const drafts = new Map<string, Draft>()
  return {
    get: (key: string) => drafts.get(key),
    put(key: string, draft: Draft): void {
      drafts.delete(key)
      if (Object.keys(draft.values).length === 0) return
      drafts.set(key, draft)
      const [oldest] = drafts.keys()
      if (drafts.size > KEPT && oldest !== undefined) drafts.delete(oldest)
    },
  }
})
