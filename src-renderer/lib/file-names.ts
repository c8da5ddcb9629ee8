import { hasRightToLeft } from './shown-text.ts'

/** Of names as people count them: what is joined into one sign stays together. Making one takes far longer than using it. */
const segmenter = new Intl.Segmenter('en')
const isPlain = (name: string) => /^[\x20-\x7e]*$/.test(name)

/**
 * Splits a name for cutting in its middle: the head gives way, the tail (ending and the characters before it) stays,
 * since takes and reels differ at the end. Splits between characters as people count them. A name with letters that are read
 * from right to left stays whole: its order is that of the whole, and Arabic letters are joined.
 */
export function splitName(name: string, tailLength = 9): { head: string; tail: string } {
  if (isPlain(name)) {
    const cut = name.length <= tailLength * 2 ? name.length : name.length - tailLength
    return { head: name.slice(0, cut), tail: name.slice(cut) }
  }
  if (hasRightToLeft(name)) return { head: name, tail: '' }
  const characters = Array.from(segmenter.segment(name), (part) => part.segment)
  if (characters.length <= tailLength * 2) return { head: name, tail: '' }
  const cut = characters.length - tailLength
  return { head: characters.slice(0, cut).join(''), tail: characters.slice(cut).join('') }
}

/** The last part of a path, whichever separator it uses. */
export function baseName(path: string): string {
  const trimmed = path.replace(/[/\\]+$/, '')
  return trimmed.slice(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\')) + 1) || path
}

/** The folders that a file lies in, the nearest two: what tells one card or day from another. Empty for a file without any. */
export function nearFolders(path: string): string {
  return path
    .split(/[/\\]+/)
    .filter(Boolean)
    .slice(0, -1)
    .slice(-2)
    .join(' / ')
}
