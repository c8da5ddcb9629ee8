import { defineStore } from 'pinia'
import type { MetadataValues } from '@contract/metadata.ts'

/** Of several assets: values are added to those that are there, or taken out of them. */
export type ManyMode = 'append' | 'delete'

/** What was typed into a form and not saved yet. */
export interface Draft {
  readonly values: MetadataValues
  /** Fields whose values do not replace those that are there. */
  readonly modes: Readonly<Record<string, ManyMode>>
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
