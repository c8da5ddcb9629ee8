/**
 * Splits a name for cutting in its middle: the head gives way, the tail (ending and the characters before it) stays,
 * since takes and reels differ at the end. Splits between characters as people count them.
 */
export function splitName(name: string, tailLength = 9): { head: string; tail: string } {
  const characters = [...new Intl.Segmenter('en').segment(name)].map((part) => part.segment)
  if (characters.length <= tailLength * 2) return { head: name, tail: '' }
  const cut = characters.length - tailLength
  return { head: characters.slice(0, cut).join(''), tail: characters.slice(cut).join('') }
}
