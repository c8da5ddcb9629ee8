import { extensionOf, splitName } from './path-names.ts'

/**
 * Values with tokens in braces: `Day {folder[1]}`, `{exif.Model}`, `{sidecar.Scene|folder[2]}`. Alternatives are parted by '|': the first
 * that has a value is taken. `{{` and `}}` stand for the braces themselves.
 */
export interface TokenContext {
  /** Names of the folders below what was dropped or watched, outermost first. */
  folders: readonly string[]
  /** Title that the clip has of itself. */
  title: string
  /** Name of the file that stands for the clip. */
  fileName: string
  /** Local date of its last change, "2026-03-18"; a path pattern that captures `date` goes before it. */
  date: string
  /** What the path pattern captured. */
  captures: Readonly<Record<string, string>>
  /** Embedded fields with their area: "exif.Model", "xmp.Rating", "media.framerate". */
  embedded: Readonly<Record<string, string>>
  /** Fields of the sidecars. */
  sidecar: Readonly<Record<string, readonly string[]>>
}

const EMBEDDED_AREAS = ['exif', 'xmp', 'iptc', 'media'] as const
const PLAIN_TOKENS = ['title', 'stem', 'name', 'extension', 'date', 'folder', 'path'] as const

type Part = { text: string } | { alternatives: string[] }

const parse = (template: string): Part[] => read(template).parts

/** Whether a brace opens a token and none closes it, as in "{title". */
export const isUnclosed = (template: string): boolean => read(template).isUnclosed

function read(template: string): { parts: Part[]; isUnclosed: boolean } {
  const parts: Part[] = []
  let isOpen = false
  let text = ''
  for (let at = 0; at < template.length; at++) {
    const char = template[at]
    if ((char === '{' || char === '}') && template[at + 1] === char) {
      text += char
      at++
    } else if (char === '{' && template.includes('}', at)) {
      const end = template.indexOf('}', at)
      if (text !== '') parts.push({ text })
      text = ''
      parts.push({
        alternatives: template
          .slice(at + 1, end)
          .split('|')
          .map((token) => token.trim()),
      })
      at = end
    } else {
      text += char
      if (char === '{') isOpen = true
    }
  }
  if (text !== '') parts.push({ text })
  return { parts, isUnclosed: isOpen }
}

/** Tokens of a template, without braces, as written. */
export function tokensOf(template: string): string[] {
  return parse(template).flatMap((part) => ('alternatives' in part ? part.alternatives : []))
}

/**
 * Tokens that no clip could ever have a value for, as written.
 *
 * @param captureNames names that the path pattern captures
 */
export function unknownTokens(template: string, captureNames: readonly string[] = []): string[] {
  return tokensOf(template).filter((token) => !isKnown(token, captureNames))
}

function isKnown(token: string, captureNames: readonly string[]): boolean {
  const plain = token.toLowerCase()
  return (
    (PLAIN_TOKENS as readonly string[]).includes(plain) ||
    /^folder\[-?[1-9]\d?\]$/.test(plain) ||
    /^sidecar\.\S(.*\S)?$/.test(plain) ||
    EMBEDDED_AREAS.some((area) => plain.startsWith(`${area}.`) && plain.length > area.length + 1) ||
    captureNames.some((name) => name.toLowerCase() === plain)
  )
}

/** The known token that is spelled most like this one, for "did you mean". */
export function nearestToken(token: string, captureNames: readonly string[] = []): string {
  const known = [...PLAIN_TOKENS, 'folder[1]', 'exif.Model', 'exif.Date', 'sidecar.Scene', ...captureNames]
  return known.reduce((best, name) => (distance(name, token) < distance(best, token) ? name : best))
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase() ? 0 : 1),
      )
    row = next
  }
  return row[b.length] ?? 0
}

/** Whether any of the templates needs what only reading the file tells. */
export function needsProbe(templates: readonly string[]): boolean {
  return templates.some((template) =>
    tokensOf(template).some((token) =>
      EMBEDDED_AREAS.some((area) => token.toLowerCase().startsWith(`${area}.`)),
    ),
  )
}

/**
 * Values that a template gives for one clip: [] when a token of it has no value, so that half a sentence is never written. A template that is one
 * token of a sidecar field gives all values of that field.
 */
export function expand(template: string, context: TokenContext): string[] {
  const parts = parse(template)
  const [only] = parts
  if (parts.length === 1 && only && 'alternatives' in only) return firstValues(only.alternatives, context)
  let text = ''
  for (const part of parts) {
    if ('text' in part) {
      text += part.text
      continue
    }
    const [value] = firstValues(part.alternatives, context)
    if (value === undefined) return []
    text += value
  }
  return text.trim() === '' ? [] : [text]
}

function firstValues(tokens: readonly string[], context: TokenContext): string[] {
  for (const token of tokens) {
    const values = valuesOf(token, context).filter((value) => value !== '')
    if (values.length > 0) return values
  }
  return []
}

function valuesOf(token: string, context: TokenContext): string[] {
  const plain = token.toLowerCase()
  const captured = lookUp(context.captures, token)
  if (captured !== undefined) return [captured]
  const indexed = /^folder(?:\[(-?\d+)\])?$/.exec(plain)
  if (indexed) {
    const index = Number(indexed[1] ?? -1)
    const folder = context.folders.at(index > 0 ? index - 1 : index)
    return folder === undefined ? [] : [folder]
  }
  if (plain === 'title') return [context.title]
  if (plain === 'stem') return [splitName(context.fileName).stem]
  if (plain === 'name') return [context.fileName]
  if (plain === 'extension') return [extensionOf(context.fileName)]
  if (plain === 'path') return [[...context.folders, context.fileName].join('/')]
  if (plain === 'date') return [context.date]
  if (plain.startsWith('sidecar.')) return [...(lookUp(context.sidecar, token.slice(8)) ?? [])]
  const embedded = lookUp(context.embedded, plain === 'exif.date' ? 'exif.DateTimeOriginal' : token)
  return embedded === undefined ? [] : [plain === 'exif.date' ? dateOf(embedded) : embedded]
}

/** Value of a key without regard to case. Never reaches what an object inherits. */
function lookUp<T>(values: Readonly<Record<string, T>>, key: string): T | undefined {
  if (Object.hasOwn(values, key)) return values[key]
  const lower = key.toLowerCase()
  const found = Object.keys(values).find((known) => known.toLowerCase() === lower)
  return found === undefined ? undefined : values[found]
}

/** "2026:03:18 07:44:10" and "2026-03-18T07:44:10Z" both give "2026-03-18". */
function dateOf(text: string): string {
  return /^(\d{4})[:-](\d{2})[:-](\d{2})/.exec(text)?.slice(1).join('-') ?? text
}
