import { XMLParser } from 'fast-xml-parser'

/** Formats that we compute, in the order in which a manifest holds them. */
const FORMATS = ['md5', 'sha1', 'xxh128'] as const
type Format = (typeof FORMATS)[number]

/** What the manifests of a folder say, earliest first. */
export interface MhlHistory {
  /** By path below the root: the first sum of each format that was taken for good. */
  sums: Map<string, Map<string, string>>
  /** The list may only grow from one generation to the next. */
  ignore: string[]
}

interface HashEntry {
  path?: string | { '#text'?: string }
  [format: string]: unknown
}

const parser = new XMLParser({
  ignoreAttributes: false,
  parseTagValue: false,
  trimValues: false,
  isArray: (name) => name === 'hash' || name === 'pattern',
})

interface Hashlist {
  hashes?: { hash?: HashEntry[] } | string
  processinfo?: { ignore?: { pattern?: string[] } | string }
}

/** Reads manifests in the order of their generations. @throws Error when one is no manifest, or declares entities */
export function readMhlHistory(manifests: readonly string[]): MhlHistory {
  const history: MhlHistory = { sums: new Map(), ignore: [] }
  for (const text of manifests) {
    if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new Error('The manifest declares entities.')
    const { hashlist } = parser.parse(text) as {
      hashlist?: Hashlist
    }
    if (hashlist === undefined) throw new Error('This is no ASC-MHL manifest.')
    const ignore = hashlist.processinfo?.ignore
    if (typeof ignore === 'object') history.ignore.push(...(ignore.pattern ?? []).map(textOf))
    const hashes = hashlist.hashes
    if (typeof hashes === 'object') for (const entry of hashes.hash ?? []) note(history, entry)
  }
  return history
}

function note({ sums }: MhlHistory, entry: HashEntry): void {
  const path = textOf(entry.path)
  const known = sums.get(path) ?? new Map<string, string>()
  sums.set(path, known)
  for (const format of ['c4', 'md5', 'sha1', 'xxh128', 'xxh3', 'xxh64']) {
    const found = entry[format] as { '#text'?: string; '@_action'?: string } | undefined
    // A failed sum is never compared against again.
    if (typeof found !== 'object' || found['@_action'] === 'failed' || known.has(format)) continue
    known.set(format, textOf(found).trim())
  }
}

const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? String((value as { '#text'?: unknown })['#text'] ?? '')
    : String(value ?? '')

/**
 * The sums of a file with what is to be said of each. A format that is new for a known file stands only beside one that was verified;
 * a file that is known by formats alone that we do not compute is left out (ASC MHL specification 1.0, section 6.5.1).
 */
export function actionsFor(
  file: Record<Format, string | null> & { relativePath: string },
  history: MhlHistory | undefined,
): { format: Format; action: 'original' | 'verified' | 'failed'; sum: string }[] {
  const known = history?.sums.get(file.relativePath)
  const ours = FORMATS.flatMap((format) => {
    const sum = file[format]
    return sum === null ? [] : [{ format, sum }]
  })
  if (!known || known.size === 0) return ours.map(({ format, sum }) => ({ format, action: 'original', sum }))
  const compared = ours.filter(({ format }) => known.has(format))
  const failed = compared.filter(({ format, sum }) => known.get(format) !== sum)
  if (failed.length > 0) return failed.map(({ format, sum }) => ({ format, action: 'failed', sum }))
  return compared.length === 0 ? [] : ours.map(({ format, sum }) => ({ format, action: 'verified', sum }))
}
