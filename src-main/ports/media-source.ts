import type { MediaAddress } from '../core/media-address.ts'

/** An answer as HTTP has it: 200, 206 with Content-Range, 304, 404, 416, or 502 when the server cannot be reached. */
export interface MediaAnswer {
  status: number
  /** Lower-case names. A picture or proxy comes with `content-type`; a part of one with `content-range`. */
  headers: Record<string, string>
  body: ReadableStream<Uint8Array> | Uint8Array | null
}

/** Pictures and proxies of assets, from the cache on disk or from the server. */
export interface MediaSource {
  /**
   * @param range value of a Range header (RFC 9110, section 14.2), or null for the whole
   * @param signal aborted when nobody waits any more
   */
  open(address: MediaAddress, range: string | null, signal: AbortSignal): Promise<MediaAnswer>
}
