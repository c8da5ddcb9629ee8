export interface ProbedComponent {
  name: string
  type: 'VIDEO' | 'AUDIO' | 'IMAGE' | 'TEXT' | 'OTHER' | 'GENERAL' | 'EXIF' | 'IPTC' | 'XMP'
  /** MediaInfo-style keys in lower case; values are strings, never empty. */
  metadata: Record<string, string>
}

export interface ProbedMedia {
  /** Of the format: codec, frame_rate, internet_media_type and the like. */
  format: Record<string, string>
  components: ProbedComponent[]
  /** Embedded fields for tokens, such as exif.Model or xmp.Rating. */
  embedded: Record<string, string>
}

/** Reads technical and embedded metadata. */
export interface MediaProbe {
  /** Never throws for a file that is no media: then components is []. @throws AppError file.missing, file.unreadable */
  probe(path: string, signal?: AbortSignal): Promise<ProbedMedia>
}
