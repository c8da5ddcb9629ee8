import { escapeMarkup as escape, NOT_IN_XML } from './escape-markup.ts'
import { actionsFor } from './mhl-history.ts'
import type { MhlHistory } from './mhl-history.ts'
import type { ReceiptFile } from './receipt-facts.ts'

export interface MhlFacts {
  rootName: string
  hostName: string
  toolVersion: string
  /** Start of the operation. */
  startedMs: number
  /** What is left out below the root, in gitignore syntax; files that match are not missed by who verifies. */
  ignore?: readonly string[]
  /** What earlier generations say; absent for the first one. */
  history?: MhlHistory
  files: MhlFile[]
}

export type MhlFile = Pick<ReceiptFile, 'sizeBytes' | 'mtimeMs' | 'md5' | 'sha1' | 'xxh128' | 'closedMs'> & {
  /** Below the root, '/' between names. */
  relativePath: string
}

/** What the specification has every tool leave out. */
const DEFAULT_IGNORES = ['.DS_Store', 'ascmhl', 'ascmhl/']

const MOST_ROOT_NAME_BYTES = 200

/**
 * "0001_A001_2026-05-02_140312Z.mhl" (ASC MHL specification 1.0, section 5.3).
 * @param generation 1-based
 */
export function manifestName(rootName: string, startedMs: number, generation = 1): string {
  const iso = new Date(startedMs).toISOString()
  return `${String(generation).padStart(4, '0')}_${shortened(rootName)}_${iso.slice(0, 10)}_${iso.slice(11, 19).replaceAll(':', '')}Z.mhl`
}

/** Readers take a line break for the end of the name, and a disk takes 255 bytes for all of it. */
function shortened(rootName: string): string {
  const plain = [...rootName.replace(/\p{Cc}+/gu, '_')]
  while (new TextEncoder().encode(plain.join('')).length > MOST_ROOT_NAME_BYTES) plain.pop()
  return plain.join('')
}

/** Whether a manifest can hold this path as it is. Under another one the file would be missing there, and new beside it. */
export function isNameable(path: string): boolean {
  return path.search(NOT_IN_XML) < 0
}

/**
 * A manifest by ASC MHL specification 1.0 (format 2.0), '' when it would hold no file. What no earlier generation knows is `original`,
 * what agrees with one `verified`, what differs `failed`. The process is in-place, since the manifest describes the source and not a second copy of it on a disk.
 */
export function mhlManifest(facts: MhlFacts): string {
  const nameable = facts.files.filter((file) => isNameable(file.relativePath))
  const byPath = new Map(nameable.map((file) => [file.relativePath, file]))
  const hashes = [...byPath.values()]
    .map((file) => hash(file, facts.startedMs, facts.history))
    .filter((text) => text !== '')
  if (hashes.length === 0) return ''
  const ignore = new Set([...DEFAULT_IGNORES, ...(facts.history?.ignore ?? []), ...(facts.ignore ?? [])])
  return `<?xml version="1.0" encoding="UTF-8"?>
<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">
  <creatorinfo>
    <creationdate>${xmlDate(facts.startedMs)}</creationdate>
    <hostname>${escape(facts.hostName)}</hostname>
    <tool version="${escape(facts.toolVersion)}">Ferry</tool>
  </creatorinfo>
  <processinfo>
    <process>in-place</process>
    <ignore>
${[...ignore].map((pattern) => `      <pattern>${escape(pattern)}</pattern>`).join('\n')}
    </ignore>
  </processinfo>
  <hashes>
${hashes.join('\n')}
  </hashes>
</hashlist>
`
}

function hash(file: MhlFile, startedMs: number, history: MhlHistory | undefined): string {
  const date = xmlDate(file.closedMs ?? startedMs)
  const sums = actionsFor(file, history).map(
    ({ format, action, sum }) => `      <${format} action="${action}" hashdate="${date}">${sum}</${format}>`,
  )
  if (sums.length === 0) return ''
  return `    <hash>
      <path size="${file.sizeBytes}" lastmodificationdate="${xmlDate(file.mtimeMs)}">${escape(file.relativePath)}</path>
${sums.join('\n')}
    </hash>`
}

/** What a chain ends with. */
export const CHAIN_END = '</ascmhldirectory>'

/**
 * The chain that names each manifest with its C4 id.
 * @param before text of the chain so far; what it says is kept as it is
 * @throws Error when `before` is no chain
 */
export function mhlChain(name: string, c4: string, generation = 1, before: string | null = null): string {
  const entry = `  <hashlist sequencenr="${generation}">
    <path>${escape(name)}</path>
    <c4>${c4}</c4>
  </hashlist>
</ascmhldirectory>
`
  if (before === null)
    return `<?xml version="1.0" encoding="UTF-8"?>
<ascmhldirectory xmlns="urn:ASC:MHL:DIRECTORY:v2.0">
${entry}`
  const end = before.lastIndexOf(CHAIN_END)
  if (end < 0) throw new Error('This is no chain of ASC-MHL manifests.')
  return `${before.slice(0, end).trimEnd()}\n${entry}`
}

const C4_ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const C4_DIGITS = 88

/** C4 id of a SHA-512 digest (SMPTE ST 2114): base 58, padded with its zero to 88 digits, after "c4". @param sha512 hex */
export function c4Id(sha512: string): string {
  let value = BigInt(`0x${sha512}`)
  let digits = ''
  while (value > 0n) {
    digits = (C4_ALPHABET[Number(value % 58n)] ?? '') + digits
    value /= 58n
  }
  return `c4${digits.padStart(C4_DIGITS, '1')}`
}

function xmlDate(ms: number): string {
  return new Date(ms).toISOString()
}
