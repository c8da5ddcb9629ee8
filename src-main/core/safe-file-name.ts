/** Names that Windows keeps for devices. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
const LONGEST_BYTES = 240

/**
 * A title or remote file name as the name of one file on any system: no separators, no control characters, no reserved
 * names, at most 240 bytes, the extension kept. It comes from elsewhere, so it never decides about folders.
 */
export function safeFileName(name: string): string {
  const plain = Array.from(name.normalize('NFC'), (character) =>
    character < ' ' || '\\/:*?"<>|\u007f'.includes(character) ? '_' : character,
  ).join('')
  const trimmed = plain.replace(/^[\s.]+|[\s.]+$/g, '')
  const named = trimmed === '' || RESERVED.test(trimmed) ? `_${trimmed}` : trimmed
  const extension = /\.[^.]{1,16}$/.exec(named)?.[0] ?? ''
  const stem = extension === '' ? named : named.slice(0, -extension.length)
  return cutTo(stem, LONGEST_BYTES - byteLength(extension)) + extension
}

const byteLength = (text: string) => new TextEncoder().encode(text).length

function cutTo(text: string, bytes: number): string {
  let cut = text
  while (byteLength(cut) > bytes) cut = Array.from(cut).slice(0, -1).join('')
  return cut
}
