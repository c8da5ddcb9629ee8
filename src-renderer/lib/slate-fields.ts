import type { FieldView } from '@contract/metadata.ts'

/** Fields of a slate. Accounts name their fields themselves, so they are known by what they are called. */
export interface SlateFields {
  readonly scene: string | null
  readonly take: string | null
  readonly camera: string | null
  /** Yes or no: the take that the director wants. */
  readonly circled: string | null
  readonly rating: string | null
}

const CALLED: Record<keyof SlateFields, readonly string[]> = {
  scene: ['scene'],
  take: ['take'],
  camera: ['camera'],
  circled: ['circled', 'circledtake', 'circle', 'circletake'],
  rating: ['rating', 'stars'],
}
const plain = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')

export function slateFields(fields: readonly FieldView[]): SlateFields {
  const find = (part: keyof SlateFields) =>
    fields.find(
      ({ name, label, fieldType }) =>
        (part !== 'circled' || fieldType === 'boolean') &&
        [name, label].some((word) => CALLED[part].includes(plain(word))),
    )?.name ?? null
  return {
    scene: find('scene'),
    take: find('take'),
    camera: find('camera'),
    circled: find('circled'),
    rating: find('rating'),
  }
}
