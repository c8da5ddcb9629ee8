import type { SequenceFacts } from '../clip.ts'
import type { IntakeFile } from './intake-file.ts'
import { baseName, comparable, extensionOf, folderOf, naturalOrder, splitName } from './path-names.ts'

/** Formats that hold frames and little else: three in a row are a sequence. */
const FRAME_EXTENSIONS = new Set('exr dpx cin tga ari arx sgi rgb rgba hdr pic iff'.split(' '))
/** Formats of photographs too: frames only when there are many, of one size, and no camera took them. */
const PICTURE_EXTENSIONS = new Set('tif tiff png jpg jpeg bmp jp2 j2k webp'.split(' '))
const LEAST_FRAMES = 3
const LEAST_PICTURES = 24

/** Prefixes that cameras number their photographs with. */
const CAMERA_PREFIX =
  /^(_?(img|mg|dsc|dscf|dscn|mvi|gopr|pict|sam|imgp|p\d|g0\d+|dji|pxl|r\d{3}|hero)[-_]?|[a-z]\d{2}[a-z]?_?)$/i
const DCF_FOLDER = /(^|\/)dcim\/\d{3}[0-9a-z_]{5}(\/|$)/i
/** "shot_v" before a number: the number is a version. */
const VERSION_HEAD = /(^|[^a-z])v$/i

/** Frames that could be one sequence. `proof` tells what has to be known before they are. */
export interface SequenceCandidate {
  key: string
  facts: SequenceFacts
  /** In frame order. */
  files: IntakeFile[]
  proof: 'extension' | 'pictures' | 'dng-folder'
}

export interface PictureFacts {
  width: number
  height: number
  /** A camera's make or model is written in it. */
  fromCamera: boolean
}

export interface FrameName {
  head: string
  digits: string
  tail: string
  extension: string
}

/**
 * Splits a name at the last run of digits of its stem; null when it can be no frame. A minus sign belongs to the number
 * only after '.' or '_': in "name-0001" it separates.
 */
export function frameName(name: string): FrameName | null {
  const { stem, extension } = splitName(name)
  const found = /^(.*?)(\d+)(\D*)$/s.exec(stem)
  if (!found) return null
  let [, head = '', digits = ''] = found
  const tail = found[3] ?? ''
  if (digits.length > 10) return null
  if (/[._]-$/.test(head)) {
    head = head.slice(0, -1)
    digits = `-${digits}`
  }
  if (VERSION_HEAD.test(head)) return null
  return { head, digits, tail, extension }
}

/** Whether a file could be a frame, so that it waits for its neighbours before it is taken. */
export function mayBeFrame(relativePath: string): boolean {
  const extension = extensionOf(relativePath)
  const frame = FRAME_EXTENSIONS.has(extension) || PICTURE_EXTENSIONS.has(extension) || extension === 'dng'
  if (!frame || DCF_FOLDER.test(folderOf(relativePath))) return false
  const parts = frameName(baseName(relativePath))
  if (!parts || CAMERA_PREFIX.test(parts.head)) return false
  return FRAME_EXTENSIONS.has(extension) || parts.digits.length >= 3
}

/**
 * Finds runs of frames among the files of all folders: same head, tail, extension and padding; numbers without leading zeros join the
 * padding that they fit (0998, 0999, 1000). Camera photographs by their prefix or their DCF folder are never candidates.
 */
export function findSequences(files: readonly IntakeFile[]): SequenceCandidate[] {
  const buckets = new Map<string, { parts: FrameName; file: IntakeFile }[]>()
  const kindsInFolder = new Map<string, Set<string>>()
  for (const file of files) {
    const folder = folderOf(file.relativePath)
    const extension = extensionOf(file.relativePath)
    const kinds = kindsInFolder.get(folder)
    if (kinds) kinds.add(extension)
    else kindsInFolder.set(folder, new Set([extension]))
    if (!mayBeFrame(file.relativePath) && !isPlainFrame(file.relativePath)) continue
    const parts = frameName(baseName(file.relativePath))
    if (!parts) continue
    const key = comparable(`${folder}\0${parts.head}\0${parts.tail}\0${parts.extension.toLowerCase()}`)
    const bucket = buckets.get(key)
    if (bucket) bucket.push({ parts, file })
    else buckets.set(key, [{ parts, file }])
  }
  const found: SequenceCandidate[] = []
  for (const bucket of buckets.values())
    for (const run of splitByPadding(bucket)) {
      const folder = folderOf(run[0]?.file.relativePath ?? '')
      const candidate = describeRun(run, kindsInFolder.get(folder) ?? new Set())
      if (candidate) found.push(candidate)
    }
  return found.sort((a, b) => naturalOrder(a.key, b.key))
}

/** Frames with short numbers ("p.9.png"), which need not wait but may belong to a run. */
function isPlainFrame(relativePath: string): boolean {
  if (!PICTURE_EXTENSIONS.has(extensionOf(relativePath)) && extensionOf(relativePath) !== 'dng') return false
  const parts = frameName(baseName(relativePath))
  return parts !== null && !CAMERA_PREFIX.test(parts.head) && !DCF_FOLDER.test(folderOf(relativePath))
}

type Frame = { parts: FrameName; file: IntakeFile }

function splitByPadding(bucket: Frame[]): Frame[][] {
  const isPadded = (digits: string) => /^-?0\d/.test(digits)
  const lengthOf = (digits: string) => digits.replace('-', '').length
  const widths = [
    ...new Set(bucket.filter((f) => isPadded(f.parts.digits)).map((f) => lengthOf(f.parts.digits))),
  ]
  widths.sort((a, b) => b - a)
  const runs = new Map<number, Frame[]>()
  for (const frame of bucket) {
    const length = lengthOf(frame.parts.digits)
    const width = isPadded(frame.parts.digits) ? length : (widths.find((known) => known <= length) ?? 0)
    const run = runs.get(width)
    if (run) run.push(frame)
    else runs.set(width, [frame])
  }
  return [...runs.values()]
}

function describeRun(run: Frame[], kinds: Set<string>): SequenceCandidate | null {
  const first = run[0]
  if (!first) return null
  const extension = first.parts.extension.toLowerCase()
  const proof = FRAME_EXTENSIONS.has(extension)
    ? 'extension'
    : PICTURE_EXTENSIONS.has(extension)
      ? 'pictures'
      : 'dng-folder'
  if (run.length < (proof === 'pictures' ? LEAST_PICTURES : LEAST_FRAMES)) return null
  if (proof === 'dng-folder' && [...kinds].some((kind) => kind !== 'dng')) return null
  const byNumber = run
    .map((frame) => ({ number: Number(frame.parts.digits), frame }))
    .sort((a, b) => a.number - b.number)
  const numbers = byNumber.map(({ number }) => number)
  const missing = gapsIn(numbers)
  if (missing === null) return null
  const folder = folderOf(first.file.relativePath)
  const padding = Math.min(...run.map(({ parts }) => parts.digits.replace('-', '').length))
  const { head, tail } = first.parts
  return {
    key: comparable(`${folder}/${head}${'#'.repeat(padding)}${tail}.${extension}`),
    proof,
    files: byNumber.map(({ frame }) => frame.file),
    facts: {
      stem: head,
      ...(tail === '' ? {} : { tail }),
      padding,
      extension: first.parts.extension,
      firstFrame: numbers[0] ?? 0,
      lastFrame: numbers.at(-1) ?? 0,
      missing,
      empty: byNumber.filter(({ frame }) => frame.file.sizeBytes === 0).map(({ number }) => number),
    },
  }
}

/** Numbers that lack between first and last; null when so many do that these are dates or ids, not frames. */
function gapsIn(numbers: number[]): number[] | null {
  const [first = 0] = numbers
  const span = (numbers.at(-1) ?? 0) - first + 1
  if (span > numbers.length * 20 && span > 1000) return null
  const missing: number[] = []
  for (let at = 1; at < numbers.length; at++)
    for (let number = (numbers[at - 1] ?? 0) + 1; number < (numbers[at] ?? 0); number++) missing.push(number)
  return missing
}

/** Whether pictures are frames of one sequence, judged by a sample of them. */
export function areFrames(sample: readonly (PictureFacts | null)[]): boolean {
  const [first] = sample
  if (!first) return false
  return sample.every(
    (facts) =>
      facts !== null && !facts.fromCamera && facts.width === first.width && facts.height === first.height,
  )
}

/** Which pictures of a run to look at: the ends and some between, at most `count`. */
export function sampleOf<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  const step = (items.length - 1) / (count - 1)
  return Array.from({ length: count }, (_, at) => items[Math.round(at * step)] as T)
}

/** "shot.[1001-1100].exr" */
export function sequenceTitle(facts: SequenceFacts): string {
  const range = `${frameNumber(facts.firstFrame, facts.padding)}-${frameNumber(facts.lastFrame, facts.padding)}`
  return `${facts.stem}[${range}]${facts.tail ?? ''}.${facts.extension}`
}

function frameNumber(number: number, padding: number): string {
  return (number < 0 ? '-' : '') + String(Math.abs(number)).padStart(padding, '0')
}

/** "1001-1046, 1050" of ascending numbers; after `most` ranges the rest is counted: "… and 12 more". */
export function rangesOf(numbers: readonly number[], most = 50): string {
  const ranges: [number, number][] = []
  for (const number of numbers) {
    const last = ranges.at(-1)
    if (last && number === last[1] + 1) last[1] = number
    else ranges.push([number, number])
  }
  const shown = ranges.slice(0, most).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
  const rest = ranges.slice(most).reduce((sum, [from, to]) => sum + to - from + 1, 0)
  return shown.join(', ') + (rest > 0 ? ` … and ${rest} more` : '')
}

/** What a person is told of a sequence's frames. */
export function frameReport(facts: SequenceFacts): { present: string; missing: string; notes: string[] } {
  const lacking = new Set(facts.missing)
  const present: number[] = []
  for (let number = facts.firstFrame; number <= facts.lastFrame; number++)
    if (!lacking.has(number)) present.push(number)
  return { present: rangesOf(present), missing: rangesOf(facts.missing), notes: frameNotes(facts) }
}

/** Sentences on frames that lack, and on those without content. */
export function frameNotes(facts: SequenceFacts): string[] {
  const missing = rangesOf(facts.missing)
  const notes: string[] = []
  if (facts.missing.length > 0)
    notes.push(
      `${facts.missing.length} ${facts.missing.length === 1 ? 'frame is' : 'frames are'} missing: ${missing}.`,
    )
  if (facts.empty.length > 0)
    notes.push(
      `${facts.empty.length} ${facts.empty.length === 1 ? 'frame is' : 'frames are'} empty: ${rangesOf(facts.empty)}.`,
    )
  return notes
}
