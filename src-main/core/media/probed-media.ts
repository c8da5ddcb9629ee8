/** One stream, or what is said about the whole (GENERAL), by iconik's keys: MediaInfo's names in lower case. */
export interface ProbedComponent {
  name: string
  type: 'VIDEO' | 'AUDIO' | 'IMAGE' | 'TEXT' | 'OTHER' | 'GENERAL' | 'EXIF' | 'IPTC' | 'XMP'
  /** Values are strings, never empty. */
  metadata: Record<string, string>
}
