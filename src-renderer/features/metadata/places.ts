import { ref } from 'vue'
import type { FieldDefinition, MetadataModel } from '@contract/metadata-model.ts'
import { useMetadataModel } from '../../stores/metadata-model.ts'
import { useNavigation } from '../../stores/navigation.ts'

/** Where somebody wants to go while something is not saved; null when nowhere. */
export const wanted = ref<string | null>(null)

/** Opens a part of the section; asks first when something would be lost. */
export function openPlace(at: string): void {
  if (useMetadataModel().hasUnsaved) wanted.value = at
  else useNavigation().go('metadata', at)
}

export function unusedFields(model: MetadataModel): FieldDefinition[] {
  const used = new Set(model.views.flatMap(({ entries }) => entries.map(({ name }) => name)))
  return model.fields.filter(({ name }) => !used.has(name))
}

/** iconik's dividers are pseudo fields whose name is set in double underscores. */
export const isDivider = (name: string): boolean => /^__.*__$/.test(name)
