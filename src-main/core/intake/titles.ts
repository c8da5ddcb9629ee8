import { splitName } from './path-names.ts'

const LONGEST_TITLE = 250

/** Title of an asset made from a file: its name as it is, in one line and of a length that iconik takes. */
export function titleOfFile(name: string): string {
  return cleanTitle(name.normalize('NFC'))
}

/** Title without the extension, for cards whose clips are several files. */
export function titleOfStem(name: string): string {
  return cleanTitle(splitName(name).stem.normalize('NFC'))
}

/** Control characters would break lists and logs; a title is never empty. Cuts between characters, never within one. */
export function cleanTitle(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
  if (line === '') return 'Untitled'
  return line.length <= LONGEST_TITLE ? line : [...line].slice(0, LONGEST_TITLE).join('')
}
