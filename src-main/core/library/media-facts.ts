import type { AssetRow } from '@contract/assets.ts'
import { fieldsIn, type Fields, frameRateIn, listIn, numberIn, textIn } from './document-fields.ts'

export type MediaFacts = Pick<AssetRow, 'width' | 'height' | 'frameRate' | 'startTimecode'>

export const NO_FACTS: MediaFacts = { width: null, height: null, frameRate: null, startTimecode: null }

interface FormatLike {
  name: string
  components: readonly { type: string; metadata: Readonly<Record<string, string>> }[]
}

/** Picture size, rate and start of the ORIGINAL format, from its components' MediaInfo-style keys. */
export function factsOfFormats(formats: readonly FormatLike[]): MediaFacts {
  const original = formats.find((format) => format.name === 'ORIGINAL')
  if (!original) return NO_FACTS
  const picture = original.components.find(({ type }) => type === 'VIDEO' || type === 'IMAGE')?.metadata ?? {}
  const all = Object.assign({}, ...original.components.map(({ metadata }) => metadata)) as Record<
    string,
    string
  >
  return {
    width: numberIn(picture['width']),
    height: numberIn(picture['height']),
    frameRate: frameRateIn(picture['framerate'] ?? picture['frame_rate']),
    startTimecode: textIn(all['time_code'] ?? all['timecode'] ?? all['start_time_code']),
  }
}

/** The same from the formats that a search document may carry. */
export function factsOfDocument(document: Fields): MediaFacts {
  return factsOfFormats(
    listIn(document['formats']).map((format) => ({
      name: textIn(format['name']) ?? '',
      components: listIn(format['components']).map((component) => ({
        type: textIn(component['type']) ?? '',
        metadata: fieldsIn(component['metadata']) as Record<string, string>,
      })),
    })),
  )
}

const KNOWN_TYPES = ['video', 'audio', 'image', 'document'] as const

/** iconik's media type as one of ours; "other" for what is not known. */
export function mediaTypeOf(mediaType: string | null): AssetRow['mediaType'] {
  const lower = mediaType?.toLowerCase() ?? ''
  return KNOWN_TYPES.find((known) => lower.startsWith(known)) ?? (lower === 'text' ? 'document' : 'other')
}

/** "MXF" of "A001.mxf"; null without a plain extension. */
export function formatOfName(name: string | null): string | null {
  return /\.([a-z0-9]{1,6})$/i.exec(name ?? '')?.[1]?.toUpperCase() ?? null
}
