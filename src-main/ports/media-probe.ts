import type { ProbedComponent } from '../core/media/probed-media.ts'

export type { ProbedComponent }

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
