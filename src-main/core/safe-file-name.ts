/** Names that Windows keeps for devices. */
const RESERVED = /^(con|conin\$|conout\$|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])\s*(\.|$)/i
const LONGEST_BYTES = 240
/** No name of so many characters fits; what a server sends may have millions. */
const MOST_CHARACTERS = 4 * LONGEST_BYTES
/** Control characters, halves of a character, and what turns the reading direction: "gpj.exe" can read as "exe.jpg". */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/u

/**
 * A title or remote file name as the name of one file on any system: no separators, no control characters, no reserved
 * names, at most 240 bytes, the extension kept. It comes from elsewhere, so it never decides about folders.
 */
export function safeFileName(name: string): string {
  const plain = Array.from(shortened(name).normalize('NFC'), (character) =>
    UNSEEN.test(character) || '\\/:*?"<>|'.includes(character) ? '_' : character,
  ).join('')
  const trimmed = withoutEdges(plain)
  const named = trimmed === '' || RESERVED.test(trimmed) ? `_${trimmed}` : trimmed
  const extension = /\.[^.]{1,16}$/u.exec(named)?.[0] ?? ''
  const stem = extension === '' ? named : named.slice(0, -extension.length)
  const cut = cutTo(stem, LONGEST_BYTES - byteLength(extension))
  return extension === '' ? withoutEdges(cut) : cut + extension
}

/** The beginning, and the end for its extension. */
const shortened = (name: string) =>
  name.length <= MOST_CHARACTERS ? name : name.slice(0, MOST_CHARACTERS - 64) + name.slice(-64)

/** Windows drops spaces and dots at the end of a name, and a dot at its beginning hides it. */
const withoutEdges = (text: string) => text.replace(/^[\s.]+|[\s.]+$/g, '')

const byteLength = (text: string) => new TextEncoder().encode(text).length

function cutTo(text: string, bytes: number): string {
  const characters = Array.from(text)
  let length = byteLength(text)
  while (length > bytes) length -= byteLength(characters.pop() ?? '')
  return characters.join('')
}
