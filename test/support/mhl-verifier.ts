import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { createXXHash128 } from 'hash-wasm'
import picomatch from 'picomatch'
import { chainProblems, manifestProblems, parseXmlElement } from './mhl-schema.ts'
import type { XmlElement } from './mhl-schema.ts'

/** Exit codes of the reference command `ascmhl-debug verify`, in the order in which they go before each other. */
export const MHL_EXIT = {
  ok: 0,
  mismatch: 11,
  newFile: 21,
  missing: 10,
  noHistory: 30,
  altered: 31,
  noChain: 32,
  noManifest: 33,
} as const

export interface MhlVerdict {
  exit: number
  /** What a reader of the standard would object to, exit 0 or not. */
  problems: string[]
}

interface Known {
  sizeBytes: string | undefined
  /** First sum that was taken for good, by format. */
  sums: Map<string, string>
}

/**
 * Reads the ASC-MHL history of a folder as the standard has it and compares it with the disk: the chain against the manifests' bytes, each
 * manifest against the schema, the latest ignore patterns and all records against the files, whose sums are computed anew.
 */
export async function verifyMhl(root: string): Promise<MhlVerdict> {
  const folder = path.join(root, 'ascmhl')
  const names = listed(folder)
    .filter((name) => /^\d{4,}_.*\.mhl$/.test(name))
    .sort()
  if (names.length === 0) return { exit: MHL_EXIT.noHistory, problems: ['there is no history'] }
  if (!listed(folder).includes('ascmhl_chain.xml'))
    return { exit: MHL_EXIT.noChain, problems: ['there is no chain'] }
  const problems: string[] = []
  const chain = parseXmlElement(readFileSync(path.join(folder, 'ascmhl_chain.xml'), 'utf8'))
  problems.push(...chainProblems(chain))
  const entries = chain.children.map((entry) => entry.children.map(({ text }) => text))
  for (const [name = '', c4] of entries) {
    if (!names.includes(name)) return { exit: MHL_EXIT.noManifest, problems: [`${name} is missing`] }
    if (c4Of(readFileSync(path.join(folder, name))) !== c4)
      return { exit: MHL_EXIT.altered, problems: [`${name} is not what the chain says`] }
  }
  for (const name of names)
    if (!entries.some(([known]) => known === name)) problems.push(`${name} is not in the chain`)
  const known = new Map<string, Known>()
  let patterns: string[] = []
  for (const name of names) {
    const manifest = parseXmlElement(readFileSync(path.join(folder, name), 'utf8'))
    problems.push(...manifestProblems(manifest).map((problem) => `${name}: ${problem}`))
    const said = inside(inside(manifest, 'processinfo'), 'ignore')?.children.map(({ text }) => text) ?? []
    const lost = patterns.filter((pattern) => !said.includes(pattern))
    if (lost.length > 0) problems.push(`${name} no longer ignores ${lost.join(', ')}`)
    patterns = said
    for (const record of inside(manifest, 'hashes')?.children ?? [])
      if (record.name === 'hash') problems.push(...note(known, record, name))
  }
  return { exit: await compare(root, known, patterns, problems), problems }
}

/** What a generation says of a file, against what earlier ones said. */
function note(known: Map<string, Known>, record: XmlElement, name: string): string[] {
  const [file, ...sums] = record.children
  const before = known.get(file?.text ?? '')
  const problems: string[] = []
  const now: Known = before ?? { sizeBytes: file?.attributes['size'], sums: new Map() }
  const agrees = sums.some((sum) => before?.sums.get(sum.name) === sum.text)
  for (const sum of sums) {
    const earlier = before?.sums.get(sum.name)
    const expected =
      earlier === undefined
        ? before
          ? 'verified'
          : 'original'
        : earlier === sum.text
          ? 'verified'
          : 'failed'
    if (sum.attributes['action'] !== expected)
      problems.push(`${name}: ${file?.text} is ${sum.attributes['action']}, should be ${expected}`)
    if (before && earlier === undefined && !agrees)
      problems.push(`${name}: ${file?.text} has a new ${sum.name} beside no sum that was verified`)
    if (expected !== 'failed' && earlier === undefined) now.sums.set(sum.name, sum.text)
  }
  known.set(file?.text ?? '', now)
  return problems
}

async function compare(
  root: string,
  known: ReadonlyMap<string, Known>,
  patterns: readonly string[],
  problems: string[],
): Promise<number> {
  const isIgnored = gitIgnore(patterns)
  const left = new Set(known.keys())
  let exit: number = MHL_EXIT.ok
  for (const file of walk(root, '', isIgnored)) {
    const record = known.get(file)
    left.delete(file)
    if (!record) {
      problems.push(`new: ${file}`)
      if (exit !== MHL_EXIT.mismatch) exit = MHL_EXIT.newFile
      continue
    }
    const bytes = readFileSync(path.join(root, file))
    if (record.sizeBytes !== undefined && Number(record.sizeBytes) !== bytes.length)
      problems.push(`${file} has ${bytes.length} bytes, not ${record.sizeBytes}`)
    for (const [format, sum] of record.sums)
      if ((await sumOf(format, bytes)) !== sum) {
        problems.push(`${file}: ${format} is another`)
        exit = MHL_EXIT.mismatch
      }
  }
  for (const file of left) problems.push(`missing: ${file}`)
  return exit === MHL_EXIT.ok && left.size > 0 ? MHL_EXIT.missing : exit
}

async function sumOf(format: string, bytes: Uint8Array): Promise<string> {
  if (format === 'xxh128') return (await createXXHash128()).init().update(bytes).digest('hex')
  if (format === 'c4') return c4Of(bytes)
  return createHash(format).update(bytes).digest('hex')
}

/** Base 58 of SHA-512 by long division of its bytes. */
function c4Of(bytes: Uint8Array): string {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  let number = [...createHash('sha512').update(bytes).digest()]
  let digits = ''
  for (let place = 0; place < 88; place++) {
    let rest = 0
    number = number.map((byte) => {
      const value = rest * 256 + byte
      rest = value % 58
      return Math.floor(value / 58)
    })
    digits = alphabet.charAt(rest) + digits
  }
  return `c4${digits}`
}

function* walk(
  root: string,
  below: string,
  isIgnored: (file: string, isFolder: boolean) => boolean,
): Generator<string> {
  for (const entry of readdirSync(path.join(root, below), { withFileTypes: true })) {
    const file = below === '' ? entry.name : `${below}/${entry.name}`
    if (isIgnored(file, entry.isDirectory())) continue
    if (entry.isDirectory()) yield* walk(root, file, isIgnored)
    else yield file
  }
}

/** As much of gitignore as manifests use: a name at any depth, a path from the root, a folder by its last slash. */
function gitIgnore(patterns: readonly string[]): (file: string, isFolder: boolean) => boolean {
  const rules = patterns.map((pattern) => {
    const onlyFolders = pattern.endsWith('/')
    const plain = pattern.replace(/\/$/, '')
    const matches = picomatch(plain.replace(/^\//, ''), { dot: true, nonegate: true, noextglob: true })
    return (file: string, isFolder: boolean) =>
      (isFolder || !onlyFolders) && matches(plain.includes('/') ? file : path.posix.basename(file))
  })
  return (file, isFolder) => rules.some((rule) => rule(file, isFolder))
}

const inside = (element: XmlElement | undefined, name: string) =>
  element?.children.find((child) => child.name === name)

function listed(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : []
}
