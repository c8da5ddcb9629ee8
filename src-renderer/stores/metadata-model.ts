import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { ErrorView } from '@contract/errors.ts'
import type { ViewId } from '@contract/ids.ts'
import type {
  CategoryDefinition,
  FieldDefinition,
  MetadataModel,
  ViewDefinition,
} from '@contract/metadata-model.ts'
import type { Input } from '@contract/index.ts'
import { ferry, isCancelled, toErrorView } from '../client/index.ts'

/** Fields, views and categories as their administrators change them. */
export const useMetadataModel = defineStore('metadataModel', () => {
  const model = shallowRef<MetadataModel | null>(null)
  const error = shallowRef<ErrorView | null>(null)
  const saving = ref(false)
  /** Asks before something that was not saved is left; set by the editor that is open. */
  const hasUnsaved = ref(false)

  async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
    error.value = null
    try {
      return await work()
    } catch (failure) {
      if (!isCancelled(failure)) error.value = toErrorView(failure)
      return null
    }
  }
  const load = () =>
    attempt(async () => {
      model.value = await ferry().call('metadataModel.get', {})
    })
  /** @returns whether it was done */
  async function change(work: () => Promise<unknown>): Promise<boolean> {
    saving.value = true
    const isDone = await attempt(async () => {
      await work()
      model.value = await ferry().call('metadataModel.get', {})
      return true
    })
    saving.value = false
    return isDone === true
  }
  const fieldsByName = computed(
    () => new Map((model.value?.fields ?? []).map((field) => [field.name, field])),
  )
  return {
    model,
    error,
    saving,
    hasUnsaved,
    load,
    fieldsByName,
    viewsOf: (name: string): ViewDefinition[] =>
      (model.value?.views ?? []).filter(({ entries }) => entries.some((entry) => entry.name === name)),
    categoriesOf: (id: ViewId): CategoryDefinition[] =>
      (model.value?.categories ?? []).filter(({ viewIds }) => viewIds.includes(id)),
    fieldUse: (name: string) => attempt(() => ferry().call('metadataModel.fieldUse', { name })),
    saveField: (field: FieldDefinition, isNew: boolean) =>
      change(() =>
        ferry().call('metadataModel.saveField', { field, isNew } as Input<'metadataModel.saveField'>),
      ),
    deleteField: (name: string) => change(() => ferry().call('metadataModel.deleteField', { name })),
    async saveView(view: Omit<ViewDefinition, 'id'> & { id: ViewId | null }): Promise<ViewId | null> {
      let id: ViewId | null = null
      await change(async () => {
        ;({ id } = await ferry().call('metadataModel.saveView', view))
      })
      return id
    },
    deleteView: (id: ViewId) => change(() => ferry().call('metadataModel.deleteView', { id })),
    saveCategory: (category: CategoryDefinition, isNew: boolean) =>
      change(() => ferry().call('metadataModel.saveCategory', { category, isNew })),
    deleteCategory: ({ objectType, name }: CategoryDefinition) =>
      change(() => ferry().call('metadataModel.deleteCategory', { objectType, name })),
  }
})
