import { computed, onScopeDispose, reactive, ref, shallowRef, watch } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import type { FieldView, MetadataValues, MetadataView } from '@contract/metadata.ts'
import { ferry, isCancelled, toErrorView } from '../../client/index.ts'
import { cleanValues, fieldProblem, sameValues } from '../../lib/field-values.ts'
import { type ManyMode, useDrafts } from '../../stores/drafts.ts'
import type { Conflict, FormSubject } from './form-subject.ts'

/**
 * The form of one view over an asset, many of them, or a collection. Fields that nobody touched are never sent. Of many assets, a field whose
 * values differ is mixed and stays so until something is written into it.
 */
export function useMetadataForm(of: { subject: () => FormSubject | null; view: () => MetadataView | null }) {
  const drafts = useDrafts()
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

  const keyOf = () => `${of.view()?.id ?? ''} ${of.subject()?.key ?? ''}`
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
  async function read(): Promise<void> {
    const view = of.view()
    const subject = of.subject()
    abort.abort()
    abort = new AbortController()
    if (!view || !subject) return
    const { signal } = abort
    try {
      const answer = await subject.read(view, signal)
      if (signal.aborted) return
      base.value = answer.values
      mixed.value = new Set(answer.mixed)
      pending.value = new Set(answer.pending)
      conflicts.value = answer.conflicts
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
      if (assetIds === null || of.subject()?.isAmong(assetIds)) void read()
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
    const subject = of.subject()
    if (!view || !subject || changed.value.length === 0 || saving.value) return null
    for (const field of editable.value) judged.add(field.name)
    const first = editable.value.find((field) => problems.value[field.name])
    if (first) return first.name
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
      await subject.write(view, changes, before)
      drafts.put(key, { values: {}, modes: {} })
      if (key === shownKey) {
        showDraft(key)
        await read()
      }
    } catch (failure) {
      if (!isCancelled(failure)) takeRefusal(toErrorView(failure))
      // A conflict is shown field by field.
      if (key === shownKey && toErrorView(failure).code === 'api.conflict') await read()
    } finally {
      saving.value = false
    }
    return Object.keys(refused.value)[0] ?? null
  }
  async function resolve(conflict: Conflict, keep: 'mine' | 'theirs'): Promise<void> {
    const view = of.view()
    try {
      if (view) await of.subject()?.resolve(view, conflict, keep)
      error.value = null
      if (keep === 'theirs') delete draft[conflict.field]
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
