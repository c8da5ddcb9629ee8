import mime from 'mime'

const byExtension: Record<string, string> = {
  mxf: 'video/mxf',
  r3d: 'video/x-r3d',
  braw: 'video/x-braw',
  mts: 'video/mp2t',
  m2ts: 'video/mp2t',
  mkv: 'video/x-matroska',
  dpx: 'image/x-dpx',
  exr: 'image/x-exr',
  cin: 'image/x-cineon',
  tga: 'image/x-tga',
  ari: 'image/x-arri',
}

/** The MIME type of a file name. */
export function contentTypeOf(fileName: string): string {
  const extension = /\.([^./]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? ''
  return byExtension[extension] ?? mime.getType(fileName) ?? 'application/octet-stream'
}

/** The kind that search facets show: video, audio, image, text, document or other. */
export function mediaTypeOf(fileName: string | undefined): string | null {
  if (fileName === undefined) return null
  const [kind = ''] = contentTypeOf(fileName).split('/')
  if (['video', 'audio', 'image', 'text'].includes(kind)) return kind
  return /\.(pdf|docx?|xlsx?|pptx?|rtf|odt)$/i.test(fileName) ? 'document' : 'other'
}

/** The kind of an asset: that of its first file; an asset whose files are elsewhere may say it itself. */
export const mediaTypeOfAsset = (
  asset: Record<string, unknown>,
  fileName: string | undefined,
): string | null =>
  mediaTypeOf(fileName) ?? (typeof asset['_media_type'] === 'string' ? asset['_media_type'] : null)
