import type { Handlers } from '@contract/index.ts'
import type { MetadataModel } from '../../services/metadata-model/metadata-model.ts'

export function metadataModelHandlers(model: MetadataModel) {
  return {
    'metadataModel.get': (_, { signal }) => model.get(signal),
    'metadataModel.saveField': async ({ field, isNew }) => {
      await model.saveField(field, isNew)
      return null
    },
    'metadataModel.fieldUse': ({ name }, { signal }) => model.fieldUse(name, signal),
    'metadataModel.deleteField': async ({ name }) => {
      await model.deleteField(name)
      return null
    },
    'metadataModel.saveView': (view) => model.saveView(view),
    'metadataModel.deleteView': async ({ id }) => {
      await model.deleteView(id)
      return null
    },
    'metadataModel.saveCategory': async ({ category, isNew }) => {
      await model.saveCategory(category, isNew)
      return null
    },
    'metadataModel.deleteCategory': async ({ objectType, name }) => {
      await model.deleteCategory(objectType, name)
      return null
    },
  } satisfies Partial<Handlers>
}
