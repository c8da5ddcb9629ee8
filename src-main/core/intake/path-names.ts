/**
 * Names are compared in Unicode normal form C, so that a file copied from a Mac (decomposed umlauts) is the same file;
 * the spelling on the disk is kept wherever a name is sent or opened.
 */
export function comparable(name: string): string {
  return isAscii(name) ? name : name.normalize('NFC')
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}

/** The same without case, for names that cameras spell one way or the other. */
export function caseless(name: string): string {
  return comparable(name).toLowerCase()
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Order that people expect: clip2 before clip10. Total: equal only for identical strings. */
export function naturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)
}

/** Last part of a '/' path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** What stands before the last '/'; '' at the top. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf('/')
  return at < 0 ? '' : path.slice(0, at)
}

/** Joins two '/' paths, either of which may be ''. */
export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : name === '' ? folder : `${folder}/${name}`
}

/** "a.b.mov" is stem "a.b" and extension "mov" (as spelled, without dot). A leading dot starts no extension. */
export function splitName(name: string): { stem: string; extension: string } {
  const at = name.lastIndexOf('.')
  return at <= 0 ? { stem: name, extension: '' } : { stem: name.slice(0, at), extension: name.slice(at + 1) }
}

/** Lower-case extension of a path without dot; '' when there is none. */
export function extensionOf(path: string): string {
  return splitName(baseName(path)).extension.toLowerCase()
}
