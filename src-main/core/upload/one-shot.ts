import type { ClipDecision } from '../clip.ts'

/**
 * Largest file that goes in one call: its bytes pass through iconik's own servers and lie in memory here. iconik names no limit in
 * public; it calls the route one for small files.
 */
export const ONE_SHOT_BYTES = 1024 * 1024

/** Storages whose evidence for a stored object is known. */
const METHODS: ReadonlySet<string> = new Set(['S3', 'GCS', 'AZURE', 'B2', 'FILE'])

export interface OneShotFacts {
  decision: ClipDecision['do']
  files: readonly { relativePath: string; sizeBytes: number }[]
  storageMethod: string
  /** Streams and embedded metadata that a probe found: the one call has no place for them. */
  componentCount: number
}

/**
 * Whether a clip may go in one call: one small file of no folder, a new asset, nothing that only the long way can say. An empty file
 * takes the long way, since there is no byte of it that could be asked for as evidence.
 */
export function mayGoInOne({ decision, files, storageMethod, componentCount }: OneShotFacts): boolean {
  const [file, ...more] = files
  if (!file || more.length > 0 || decision !== 'upload' || componentCount > 0) return false
  if (file.relativePath.includes('/') || !METHODS.has(storageMethod)) return false
  return file.sizeBytes > 0 && file.sizeBytes <= ONE_SHOT_BYTES
}
