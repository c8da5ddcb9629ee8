import { computed, onScopeDispose, reactive, ref, shallowRef, watch } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import type { AssetId, ViewId } from '@contract/ids.ts'
import type { FieldView, MetadataValues, MetadataView } from '@contract/metadata.ts'
import { ferry, isCancelled, toErrorView } from '../../client/index.ts'
import { cleanValues, fieldProblem, sameValues } from '../../lib/field-values.ts'
import { useDrafts } from '../../stores/drafts.ts'

/** Of a large selection, so many assets are looked at to find values that differ. */
const SAMPLED = 50

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
  const base = shallowRef<MetadataValues>({})
  const mixed = shallowRef<ReadonlySet<string>>(new Set())
  const pending = shallowRef<ReadonlySet<string>>(new Set())
  const conflicts = shallowRef<readonly Conflict[]>([])
  const draft = reactive<MetadataValues>({})
  const appended = reactive(new Set<string>())
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
    return (
      mixed.value.has(name) || appended.has(name) || !sameValues(cleanValues(own), base.value[name] ?? [])
    )
  }
  const editable = computed(() =>
    (of.view()?.fields ?? []).filter((field) => !field.isSeparator && !field.readOnly),
  )
  const changed = computed(() => editable.value.filter((field) => isChanged(field.name)))
  const problems = computed(() => {
    const found: Record<string, string> = {}
    for (const field of editable.value) {
      const isMixed = mixed.value.has(field.name) && draft[field.name] === undefined
      const problem = isMixed || appended.has(field.name) ? null : fieldProblem(field, values(field.name))
      if (problem) found[field.name] = problem
    }
    return found
  })

  function keepDraft(): void {
    if (shownKey) drafts.put(shownKey, { values: JSON.parse(JSON.stringify(draft)), appended: [...appended] })
  }
  function showDraft(key: string): void {
    for (const name of Object.keys(draft)) delete draft[name]
    appended.clear()
    judged.clear()
    refused.value = {}
    error.value = null
    const kept = drafts.get(key)
    Object.assign(draft, kept?.values)
    for (const name of kept?.appended ?? []) appended.add(name)
    shownKey = key
  }
  async function read(): Promise<void> {
    const view = of.view()
    const ids = of.ids()
    abort.abort()
    abort = new AbortController()
    if (!view || ids.length === 0) return
    const { signal } = abort
    try {
      const answers = await Promise.all(
        ids
          .slice(0, SAMPLED)
          .map((assetId) => ferry().call('metadata.values', { assetId, viewId: view.id }, { signal })),
      )
      if (signal.aborted) return
      const [first] = answers
      const differs = view.fields.filter((field) =>
        answers.some(
          (answer) => !sameValues(answer.values[field.name] ?? [], first?.values[field.name] ?? []),
        ),
      )
      mixed.value = new Set(differs.map((field) => field.name))
      base.value = Object.fromEntries(
        Object.entries(first?.values ?? {}).filter(([name]) => !mixed.value.has(name)),
      )
      pending.value = new Set(answers.flatMap((answer) => answer.pending))
      conflicts.value = ids.length === 1 ? (first?.conflicts ?? []) : []
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
        const mode = appended.has(name) ? ('append' as const) : ('overwrite' as const)
        return [name, { mode, values: cleanValues(values(name)) }]
      }),
    )
    const before = Object.fromEntries(names.map((name) => [name, base.value[name] ?? []]))
    saving.value = true
    error.value = null
    try {
      const input = { assetIds: ids, viewId: view.id as ViewId, changes }
      await ferry().call('metadata.edit', ids.length === 1 ? { ...input, base: before } : input)
      drafts.put(key, { values: {}, appended: [] })
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
    appended,
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
      drafts.put(shownKey, { values: {}, appended: [] })
      showDraft(shownKey)
    },
  }
}
export type MetadataForm = ReturnType<typeof useMetadataForm>
