import { escapeMarkup as escape } from './escape-markup.ts'
import type { ReceiptFile } from './receipt-facts.ts'

export interface MhlFacts {
  rootName: string
  hostName: string
  toolVersion: string
  /** Start of the operation. */
  startedMs: number
  files: (Pick<ReceiptFile, 'sizeBytes' | 'mtimeMs' | 'md5' | 'sha1' | 'xxh128' | 'closedMs'> & {
    /** Below the root, '/' between names. */
    relativePath: string
  })[]
}

/** Formats that a manifest may hold, in the order that its schema wants; of those, the ones that we compute. */
const FORMATS = ['md5', 'sha1', 'xxh128'] as const

/** "0001_A001_2026-05-02_140312Z.mhl" (ASC MHL specification 1.0, section 5.3). */
export function manifestName(rootName: string, startedMs: number): string {
  const iso = new Date(startedMs).toISOString()
  return `0001_${rootName}_${iso.slice(0, 10)}_${iso.slice(11, 19).replaceAll(':', '')}Z.mhl`
}

/**
 * A first-generation manifest by ASC MHL specification 1.0 (format 2.0). Each hash is `original`, as no earlier generation of ours
 * exists; the process is in-place, since the manifest describes the source and not a second copy of it on a disk.
 */
export function mhlManifest(facts: MhlFacts): string {
  const hashes = facts.files.map((file) => hash(file, facts.startedMs)).filter((text) => text !== '')
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
      <pattern>.DS_Store</pattern>
      <pattern>ascmhl</pattern>
      <pattern>ascmhl/</pattern>
    </ignore>
  </processinfo>
  <hashes>
${hashes.join('\n')}
  </hashes>
</hashlist>
`
}

function hash(file: MhlFacts['files'][number], startedMs: number): string {
  const date = xmlDate(file.closedMs ?? startedMs)
  const sums = FORMATS.filter((format) => file[format] !== null).map(
    (format) => `      <${format} action="original" hashdate="${date}">${file[format] ?? ''}</${format}>`,
  )
  if (sums.length === 0) return ''
  return `    <hash>
      <path size="${file.sizeBytes}" lastmodificationdate="${xmlDate(file.mtimeMs)}">${escape(file.relativePath)}</path>
${sums.join('\n')}
    </hash>`
}

/** The chain that names the one manifest and its C4 id. */
export function mhlChain(name: string, c4: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<ascmhldirectory xmlns="urn:ASC:MHL:DIRECTORY:v2.0">
  <hashlist sequencenr="1">
    <path>${escape(name)}</path>
    <c4>${c4}</c4>
  </hashlist>
</ascmhldirectory>
`
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
