import type { AssetId, CollectionId } from '@contract/ids.ts'
import type { MetadataValues, MetadataView } from '@contract/metadata.ts'
import { ferry, toErrorView } from '../../client/index.ts'
import { strings } from '../../lib/strings/index.ts'
import { useToasts } from '../../stores/toasts.ts'
import { undoableEdit } from '../../stores/undoable-edit.ts'

export interface Conflict {
  readonly field: string
  readonly mine: string[]
  readonly theirs: string[]
}
export interface FormValues {
  readonly values: MetadataValues
  /** Of several: fields whose values differ. */
  readonly mixed: readonly string[]
  /** Fields whose edit has not reached the server. */
  readonly pending: readonly string[]
  readonly conflicts: readonly Conflict[]
}
export type FormChanges = Record<string, { mode: 'overwrite' | 'append' | 'delete'; values: string[] }>

/** What a form of metadata is about. */
export interface FormSubject {
  /** The same for the same objects. */
  readonly key: string
  /** How many objects a change goes into. */
  readonly count: number
  /** Whether news about these assets concern it. */
  isAmong(assetIds: readonly AssetId[]): boolean
  read(view: MetadataView, signal: AbortSignal): Promise<FormValues>
  /** @param base what the form was opened with, by field */
  write(view: MetadataView, changes: FormChanges, base: MetadataValues): Promise<void>
  resolve(view: MetadataView, conflict: Conflict, keep: 'mine' | 'theirs'): Promise<void>
}

/** One asset or many; their edits go through the outbox. */
export function assetsSubject(ids: readonly AssetId[]): FormSubject | null {
  const [only] = ids
  if (!only) return null
  const among = new Set(ids)
  const isOne = ids.length === 1
  return {
    key: isOne ? only : `${ids.length} ${only} ${ids.at(-1)}`,
    count: ids.length,
    isAmong: (others) => others.some((id) => among.has(id)),
    async read(view, signal) {
      if (isOne) {
        const input = { assetId: only, viewId: view.id }
        return { ...(await ferry().call('metadata.values', input, { signal })), mixed: [] }
      }
      const input = { assetIds: [...ids], viewId: view.id }
      const fields = Object.entries(await ferry().call('metadata.summary', input, { signal }))
      const same = fields.filter(([, { isMixed }]) => !isMixed)
      return {
        values: Object.fromEntries(same.map(([name, { values }]) => [name, values])),
        mixed: fields.filter(([, { isMixed }]) => isMixed).map(([name]) => name),
        pending: [],
        conflicts: [],
      }
    },
    async write(view, changes, base) {
      const input = { assetIds: [...ids], viewId: view.id, changes }
      const done = isOne ? '' : strings.edits.saved(ids.length)
      await undoableEdit(
        () => ferry().call('metadata.edit', isOne ? { ...input, base } : input),
        { label: strings.edits.undo, done },
        (failure) => useToasts().show(failure.message),
      )
    },
    async resolve(view, { field }, keep) {
      await ferry().call('metadata.resolveConflict', { assetId: only, viewId: view.id, field, keep })
    },
  }
}

/** A collection. Its values go to the server at once; a conflict is settled here. */
export function collectionSubject(id: CollectionId): FormSubject {
  let conflicts: readonly Conflict[] = []
  /** What the person has seen the server hold since, by field: writing over that is meant. */
  let seen: MetadataValues = {}
  return {
    key: `collection ${id}`,
    count: 1,
    isAmong: () => false,
    async read(view, signal) {
      const values = await ferry().call('collections.values', { id, viewId: view.id }, { signal })
      return { values, mixed: [], pending: [], conflicts }
    },
    async write(view, changes, base) {
      const values = Object.fromEntries(
        Object.entries(changes).map(([name, change]) => [name, change.values]),
      )
      try {
        await ferry().call('collections.describe', {
          id,
          viewId: view.id,
          values,
          base: { ...base, ...seen },
        })
        conflicts = []
        seen = {}
      } catch (failure) {
        const { theirs } = toErrorView(failure).details
        if (typeof theirs === 'object' && theirs !== null && !Array.isArray(theirs))
          conflicts = Object.entries(theirs).map(([field, held]) => ({
            field,
            mine: values[field] ?? [],
            theirs: Array.isArray(held) ? held.map(String) : [],
          }))
        throw failure
      }
    },
    async resolve(view, conflict, keep) {
      conflicts = conflicts.filter((other) => other.field !== conflict.field)
      if (keep === 'theirs') return
      seen = { ...seen, [conflict.field]: conflict.theirs }
      const values = { [conflict.field]: conflict.mine }
      await ferry().call('collections.describe', { id, viewId: view.id, values, base: seen })
    },
  }
}
