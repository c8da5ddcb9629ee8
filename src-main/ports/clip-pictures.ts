/** Small pictures of clips on this machine, for the lists of what is about to be sent. */
export interface ClipPictures {
  /**
   * @param clipId as in `clipPictureUrl`
   * @param signal aborted when nobody waits any more
   * @returns a JPEG of at most 320 × 180; null where none can be made, or where many newer ones are asked for
   */
  open(clipId: string, signal: AbortSignal): Promise<Uint8Array | null>
}
