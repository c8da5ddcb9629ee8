export interface CutName {
  /** May be cut by the layout, with an ellipsis at its end. */
  head: string
  /** Always shown: the end of the stem and the extension. */
  tail: string
}

/**
 * Splits a file name so that a narrow column cuts its middle: `A014C006_260318_R1K7.mxf` becomes
 * `A014C006_26…R1K7.mxf` when the head is given `text-overflow: ellipsis`.
 *
 * @param keep characters of the stem's end that stay beside the extension
 */
export function cutName(name: string, keep = 4): CutName {
  const characters = [...name]
  const extension = extensionLength(characters)
  const tailLength = extension + keep
  if (characters.length <= tailLength + 4) return { head: name, tail: '' }
  return {
    head: characters.slice(0, characters.length - tailLength).join(''),
    tail: characters.slice(characters.length - tailLength).join(''),
  }
}

/** The name cut to at most `limit` characters, for places without layout such as notifications. */
export function cutMiddle(name: string, limit: number): string {
  const characters = [...name]
  if (characters.length <= limit) return name
  const room = Math.max(2, limit - 1)
  const end = Math.floor(room / 2)
  return `${characters.slice(0, room - end).join('')}…${characters.slice(characters.length - end).join('')}`
}

/** The last part of a path, whichever separator it uses. */
export function baseName(path: string): string {
  const trimmed = path.replace(/[/\\]+$/, '')
  return trimmed.slice(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\')) + 1) || path
}

/** What stands before the last part of a path; '' when there is nothing. */
export function directoryName(path: string): string {
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
  return cut > 0 ? path.slice(0, cut) : path.slice(0, Math.max(0, cut + 1))
}

/** Length of ".mxf" at the end, 0 without one; an extension is at most 8 characters. */
function extensionLength(characters: string[]): number {
  const dot = characters.lastIndexOf('.')
  const length = characters.length - dot
  return dot > 0 && length <= 9 ? length : 0
}
