/** One file of a receipt: what was sent, where it is, and by what it was proven. */
export interface ReceiptFile {
  path: string
  title: string
  state: 'done' | 'unproven' | 'failed' | 'cancelled' | 'unfinished'
  sizeBytes: number
  mtimeMs: number
  md5: string | null
  sha1: string | null
  crc32c: string | null
  xxh128: string | null
  assetId: string | null
  fileId: string | null
  /** When iconik had it closed; null before. */
  closedMs: number | null
  evidence: string
  /** Why it failed; '' otherwise. */
  reason: string
}

export interface ReceiptFacts {
  title: string
  batchId: string
  createdMs: number
  writtenMs: number
  /** Patterns of what was left out, besides the built-in ones. */
  ignored: readonly string[]
  files: ReceiptFile[]
}

/** A path with '/' between names. Elsewhere than on Windows, whose paths begin with a drive or two backslashes, a backslash is part of a name. */
export function withSlashes(path: string): string {
  return /^([a-z]:|\\\\)/i.test(path) ? path.replaceAll('\\', '/') : path
}

/** The deepest folder that holds all paths; '/' between names whatever the system's separator is. */
export function commonFolder(paths: readonly string[]): string {
  const folders = paths.map((path) => withSlashes(path).split('/').slice(0, -1))
  const [first = []] = folders
  let length = first.length
  for (const folder of folders) {
    let same = 0
    while (same < length && folder[same] === first[same]) same++
    length = same
  }
  return first.slice(0, length).join('/')
}
