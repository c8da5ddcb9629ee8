import mime from 'mime'

/** The media type of a file by its name. */
export function contentType(path: string): string {
  return mime.getType(path) ?? 'application/octet-stream'
}
