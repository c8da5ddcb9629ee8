import type { PlanTargets } from '@contract/uploads.ts'

/** A piece of a value with tokens: words as they are, or one token without its braces. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'token'; readonly token: string; readonly isKnown: boolean }

const PLAIN = new Set(['title', 'stem', 'name', 'extension', 'date', 'folder', 'path'])
const AREAS = ['exif', 'xmp', 'iptc', 'media', 'sidecar']

/** Tokens that are offered while typing, with what they stand for. */
export const OFFERED_TOKENS = [
  'title',
  'date',
  'stem',
  'folder[1]',
  'folder[2]',
  'exif.Model',
  'exif.Date',
  'sidecar.Scene',
  'media.framerate',
] as const

/**
 * Takes a value such as `Day {folder[1]}` apart, to draw its tokens as pills. Doubled braces stand for themselves;
 * alternatives in one token are parted by '|' and are known when each is.
 *
 * @param captures names that the path pattern captures, which are tokens too
 */
export function splitTemplate(template: string, captures: readonly string[] = []): TemplatePart[] {
  const parts: TemplatePart[] = []
  let text = ''
  const flush = () => {
    if (text !== '') parts.push({ kind: 'text', text })
    text = ''
  }
  for (let at = 0; at < template.length; at += 1) {
    const char = template[at] as string
    const end = char === '{' ? template.indexOf('}', at) : -1
    if ((char === '{' || char === '}') && template[at + 1] === char) {
      text += char
      at += 1
    } else if (end > 0) {
      flush()
      const token = template.slice(at + 1, end)
      const isKnown = token.split('|').every((name) => isKnownToken(name.trim(), captures))
      parts.push({ kind: 'token', token, isKnown })
      at = end
    } else text += char
  }
  flush()
  return parts
}

export function hasToken(template: string): boolean {
  return splitTemplate(template).some((part) => part.kind === 'token')
}

/** Names in braces of a path pattern, such as date, unit and card of "{date}/{unit}/{card}/{stem}". */
export function captureNames(pathPattern: string | null | undefined): string[] {
  return splitTemplate(pathPattern ?? '').flatMap((part) =>
    part.kind === 'token' ? [part.token.trim()] : [],
  )
}

function isKnownToken(name: string, captures: readonly string[]): boolean {
  const plain = name.toLowerCase()
  if (PLAIN.has(plain) || captures.some((capture) => capture.toLowerCase() === plain)) return true
  if (/^folder\[-?[1-9]\d?\]$/.test(plain)) return true
  return AREAS.some((area) => plain.startsWith(`${area}.`) && plain.length > area.length + 1)
}

/** The first token that means nothing, with the known one that is spelt most like it; null when all mean something. */
export function strayToken(
  template: string,
  captures: readonly string[] = [],
): { token: string; nearest: string } | null {
  const stray = splitTemplate(template, captures).find((part) => part.kind === 'token' && !part.isKnown)
  if (stray?.kind !== 'token') return null
  const known = [...new Set([...captures, ...PLAIN, ...OFFERED_TOKENS])].filter((name) =>
    isKnownToken(name, captures),
  )
  const typed = stray.token.toLowerCase()
  // `exif` alone wants the rest of `exif.Date`, however many letters that is.
  const lettersTo = (name: string) => (name.startsWith(`${typed}.`) ? 0 : distance(typed, name))
  const byDistance = known
    .filter((name) => name !== 'folder')
    .map((name) => ({ name, distance: lettersTo(name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  return { token: stray.token, nearest: byDistance[0]?.name ?? '' }
}

/** The first token of targets that means nothing, in the title, the collection or a value; null when all mean something. */
export function strayTokenOf(
  targets: Pick<PlanTargets, 'title' | 'collectionPath' | 'metadata' | 'pathPattern'>,
): { token: string; nearest: string } | null {
  const captures = captureNames(targets.pathPattern)
  const templates = [
    targets.title ?? '',
    ...(targets.collectionPath ?? []),
    ...Object.values(targets.metadata).flat(),
  ]
  for (const template of templates) {
    const stray = strayToken(template, captures)
    if (stray) return stray
  }
  return null
}

/** How many letters have to be changed, added or taken away to make one word of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const above = row
    row = [i]
    for (let j = 1; j <= b.length; j++)
      row[j] = Math.min(
        (above[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      )
  }
  return row[b.length] ?? 0
}
