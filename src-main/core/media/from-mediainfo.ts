import type { ProbedComponent } from './probed-media.ts'
import { known } from './from-ffprobe.ts'

/** A track of MediaInfo: "@type", then raw names such as FrameRate and Channels. */
export type MediaInfoTrack = Readonly<Record<string, unknown>>

const TYPES: Record<string, ProbedComponent['type']> = {
  General: 'GENERAL',
  Video: 'VIDEO',
  Audio: 'AUDIO',
  Image: 'IMAGE',
  Text: 'TEXT',
  Other: 'OTHER',
}

/** MediaInfo's raw names that iconik's components carry. Anything else would only bloat each asset. */
const KEPT = new Set(
  `ID Format Format_Commercial_IfAny Format_Profile CodecID Duration BitRate BitRate_Mode Width Height PixelAspectRatio
  DisplayAspectRatio FrameRate FrameRate_Mode FrameRate_Num FrameRate_Den FrameCount ColorSpace ChromaSubsampling BitDepth
  ScanType ScanOrder colour_primaries transfer_characteristics matrix_coefficients Standard Compression_Mode StreamSize
  Delay TimeCode_FirstFrame TimeCode_Source Rotation Language Title Channels SamplingRate SamplingCount ChannelLayout
  FileSize OverallBitRate Encoded_Date`.split(/\s+/),
)

/** Written with three digits after the point, as MediaInfo's own text has them. */
const THREE_DIGITS = new Set(['FrameRate', 'PixelAspectRatio', 'DisplayAspectRatio', 'Duration', 'Delay'])

function threeDigits(value: string | number): string {
  const number = Number(value)
  return Number.isFinite(number) && value !== '' ? number.toFixed(3) : String(value)
}

/** Components and the format's own facts, by iconik's keys. */
export function componentsFromMediaInfo(tracks: readonly MediaInfoTrack[]): {
  components: ProbedComponent[]
  format: Record<string, string>
} {
  const components = tracks.flatMap((track): ProbedComponent[] => {
    const type = TYPES[String(track['@type'])]
    return type === undefined ? [] : [{ name: type, type, metadata: factsOf(track) }]
  })
  // A General track alone means: not recognised as anything.
  if (components.every(({ type }) => type === 'GENERAL')) return { components: [], format: {} }
  const general = components.find(({ type }) => type === 'GENERAL')?.metadata ?? {}
  const main =
    components.find(({ type }) => type === 'VIDEO' || type === 'IMAGE') ??
    components.find(({ type }) => type !== 'GENERAL')
  return {
    components,
    format: known({
      codec: main?.metadata['format'],
      format: general['format'],
      frame_count: main?.metadata['framecount'],
      frame_rate: main?.metadata['framerate'],
      overall_bit_rate: general['overallbitrate'],
    }),
  }
}

function factsOf(track: MediaInfoTrack): Record<string, string> {
  const facts: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(track))
    if (KEPT.has(name) && (typeof value === 'string' || typeof value === 'number'))
      facts[name.toLowerCase()] = THREE_DIGITS.has(name) ? threeDigits(value) : String(value)
  return known(facts)
}
