import { computed, onScopeDispose, reactive, ref, shallowRef, watch } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import type { AssetId, ViewId } from '@contract/ids.ts'
import type { FieldView, MetadataValues, MetadataView } from '@contract/metadata.ts'
import { ferry, isCancelled, toErrorView } from '../../client/index.ts'
import { cleanValues, fieldProblem, sameValues } from '../../lib/field-values.ts'
import { strings } from '../../lib/strings/index.ts'
import { type ManyMode, useDrafts } from '../../stores/drafts.ts'
import { useToasts } from '../../stores/toasts.ts'
import { useUndo } from '../../stores/undo.ts'

export interface Conflict {
  readonly field: string
  readonly mine: string[]
  readonly theirs: string[]
}

/**
 * The form of one view over one asset or many. Fields that nobody touched are never sent. Of many assets, a field whose
 * values differ is mixed and stays so until something is written into it.
 */
export function useMetadataForm(of: { ids: () => readonly AssetId[]; view: () => MetadataView | null }) {
  const drafts = useDrafts()
  const toasts = useToasts()
  const undo = useUndo()
  const base = shallowRef<MetadataValues>({})
  const mixed = shallowRef<ReadonlySet<string>>(new Set())
  const pending = shallowRef<ReadonlySet<string>>(new Set())
  const conflicts = shallowRef<readonly Conflict[]>([])
  const draft = reactive<MetadataValues>({})
  /** Of several assets: fields whose values are added or taken out, instead of being set. */
  const modes = reactive(new Map<string, ManyMode>())
  const refused = shallowRef<Readonly<Record<string, string>>>({})
  const error = shallowRef<ErrorView | null>(null)
  const loaded = ref(false)
  const saving = ref(false)
  /** Problems are shown once somebody tried to save, and at once for a field that was left. */
  const judged = reactive(new Set<string>())
  let abort = new AbortController()
  let shownKey = ''

  const keyOf = () => {
    const ids = of.ids()
    return `${of.view()?.id ?? ''} ${ids.length > 1 ? `${ids.length} ${ids[0]} ${ids.at(-1)}` : (ids[0] ?? '')}`
  }
  const values = (name: string) => draft[name] ?? base.value[name] ?? []
  const isChanged = (name: string) => {
    const own = draft[name]
    if (own === undefined) return false
    return mixed.value.has(name) || modes.has(name) || !sameValues(cleanValues(own), base.value[name] ?? [])
  }
  const editable = computed(() =>
    (of.view()?.fields ?? []).filter((field) => !field.isSeparator && !field.readOnly),
  )
  const changed = computed(() => editable.value.filter((field) => isChanged(field.name)))
  const problems = computed(() => {
    const found: Record<string, string> = {}
    for (const field of editable.value) {
      const isMixed = mixed.value.has(field.name) && draft[field.name] === undefined
      const problem = isMixed || modes.has(field.name) ? null : fieldProblem(field, values(field.name))
      if (problem) found[field.name] = problem
    }
    return found
  })

  function keepDraft(): void {
    if (shownKey)
      drafts.put(shownKey, { values: JSON.parse(JSON.stringify(draft)), modes: Object.fromEntries(modes) })
  }
  function showDraft(key: string): void {
    for (const name of Object.keys(draft)) delete draft[name]
    modes.clear()
    judged.clear()
    refused.value = {}
    error.value = null
    const kept = drafts.get(key)
    Object.assign(draft, kept?.values)
    for (const [name, mode] of Object.entries(kept?.modes ?? {})) modes.set(name, mode)
    shownKey = key
  }
  async function readOne(view: MetadataView, assetId: AssetId, signal: AbortSignal): Promise<void> {
    const answer = await ferry().call('metadata.values', { assetId, viewId: view.id }, { signal })
    if (signal.aborted) return
    base.value = answer.values
    mixed.value = new Set()
    pending.value = new Set(answer.pending)
    conflicts.value = answer.conflicts
  }
  async function readMany(view: MetadataView, ids: readonly AssetId[], signal: AbortSignal): Promise<void> {
    const input = { assetIds: [...ids], viewId: view.id }
    const fields = Object.entries(await ferry().call('metadata.summary', input, { signal }))
    if (signal.aborted) return
    base.value = Object.fromEntries(
      fields.filter(([, { isMixed }]) => !isMixed).map(([name, { values: own }]) => [name, own]),
    )
    mixed.value = new Set(fields.filter(([, { isMixed }]) => isMixed).map(([name]) => name))
    pending.value = new Set()
    conflicts.value = []
  }
  async function read(): Promise<void> {
    const view = of.view()
    const ids = of.ids()
    abort.abort()
    abort = new AbortController()
    if (!view || ids.length === 0) return
    const { signal } = abort
    try {
      if (ids.length > 1) await readMany(view, ids, signal)
      else if (ids[0]) await readOne(view, ids[0], signal)
      if (signal.aborted) return
      loaded.value = true
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
    }
  }
  watch(
    keyOf,
    (key) => {
      keepDraft()
      loaded.value = false
      base.value = {}
      mixed.value = new Set()
      pending.value = new Set()
      conflicts.value = []
      showDraft(key)
      void read()
    },
    { immediate: true },
  )
  onScopeDispose(keepDraft)
  onScopeDispose(
    ferry().on('metadata.changed', ({ assetIds }) => {
      const ids = new Set<AssetId>(of.ids())
      if (assetIds === null || assetIds.some((id) => ids.has(id))) void read()
    }),
  )

  function set(field: FieldView, next: string[]): void {
    draft[field.name] = next
    if (refused.value[field.name]) {
      const { [field.name]: _, ...rest } = refused.value
      refused.value = rest
    }
    if (!isChanged(field.name)) delete draft[field.name]
  }
  function takeRefusal(view: ErrorView): void {
    const fields = view.details['fields']
    error.value = view
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return
    const entries = Object.entries(fields).map(([name, why]) => [
      name,
      Array.isArray(why) ? why.join(' ') : String(why),
    ])
    refused.value = Object.fromEntries(entries)
  }
  /** Saves what was changed. Resolves with the name of the first field that keeps it from being saved, else null. */
  async function save(): Promise<string | null> {
    const view = of.view()
    if (!view || changed.value.length === 0 || saving.value) return null
    for (const field of editable.value) judged.add(field.name)
    const first = editable.value.find((field) => problems.value[field.name])
    if (first) return first.name
    const ids = [...of.ids()]
    const key = shownKey
    const names = changed.value.map((field) => field.name)
    const changes = Object.fromEntries(
      names.map((name) => {
        return [name, { mode: modes.get(name) ?? ('overwrite' as const), values: cleanValues(values(name)) }]
      }),
    )
    const before = Object.fromEntries(names.map((name) => [name, base.value[name] ?? []]))
    saving.value = true
    error.value = null
    try {
      const input = { assetIds: ids, viewId: view.id as ViewId, changes }
      const { editId } = await ferry().call(
        'metadata.edit',
        ids.length === 1 ? { ...input, base: before } : input,
      )
      if (editId !== null) saved(ids.length, editId)
      drafts.put(key, { values: {}, modes: {} })
      if (key === shownKey) {
        showDraft(key)
        await read()
      }
    } catch (failure) {
      if (!isCancelled(failure)) takeRefusal(toErrorView(failure))
    } finally {
      saving.value = false
    }
    return Object.keys(refused.value)[0] ?? null
  }
  /** Offers to put back what was there: by Ctrl/Cmd Z, and for many assets in a note too. */
  function saved(count: number, editId: number): void {
    const label = strings.edits.undo
    const step = {
      label,
      undo: async () => {
        try {
          await ferry().call('edits.undo', { id: editId })
        } catch (failure) {
          if (!isCancelled(failure)) error.value = toErrorView(failure)
        }
      },
    }
    undo.push(step)
    if (count > 1)
      toasts.show(strings.edits.saved(count), { label: strings.app.undo, run: () => void undo.undo(step) })
  }
  async function resolve(conflict: Conflict, keep: 'mine' | 'theirs'): Promise<void> {
    const view = of.view()
    const [assetId] = of.ids()
    if (!view || !assetId) return
    try {
      await ferry().call('metadata.resolveConflict', {
        assetId,
        viewId: view.id,
        field: conflict.field,
        keep,
      })
      await read()
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
    }
  }
  return {
    values,
    set,
    changed,
    mixed,
    pending,
    conflicts,
    modes,
    /** Whether a field of several assets is to be emptied in all of them. */
    isCleared: (name: string) => draft[name]?.length === 0 && !modes.has(name),
    error,
    loaded,
    saving,
    save,
    resolve,
    /** The sentence that stands below a field; '' for none. */
    problemOf: (name: string) =>
      refused.value[name] ?? (judged.has(name) ? (problems.value[name] ?? '') : ''),
    judge: (name: string) => judged.add(name),
    revert: () => {
      drafts.put(shownKey, { values: {}, modes: {} })
      showDraft(shownKey)
    },
  }
}
export type MetadataForm = ReturnType<typeof useMetadataForm>
