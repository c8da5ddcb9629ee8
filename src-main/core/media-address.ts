/** Scheme of pictures and proxies on their way into a page. Not the scheme of deep links, which is `ferry`. */
export const MEDIA_SCHEME = 'ferry-media'

/** `image` is a picture large enough for the viewer, `keyframes` the map of tiles for hover scrub. */
export const MEDIA_KINDS = ['poster', 'keyframes', 'proxy', 'image'] as const
export type MediaKind = (typeof MEDIA_KINDS)[number]

export interface MediaAddress {
  kind: MediaKind
  /** Id of an asset: letters, digits and dashes only, so that it never is a path. */
  assetId: string
  /** Changes when the picture does, so that an old one is not shown again; null when unknown. */
  version: string | null
}

const safeId = /^[\w-]{1,64}$/
const isKind = (name: string): name is MediaKind => (MEDIA_KINDS as readonly string[]).includes(name)

/** `ferry-media://poster/<asset id>?v=<version>`, the form that a page may show. */
export function mediaUrl(kind: MediaKind, assetId: string, version: string | null = null): string {
  const query = version === null ? '' : `?v=${encodeURIComponent(version)}`
  return `${MEDIA_SCHEME}://${kind}/${assetId}${query}`
}

/** The address that a URL of our media scheme stands for; null for anything else. */
export function parseMediaUrl(text: string): MediaAddress | null {
  const url = URL.parse(text)
  if (url?.protocol !== `${MEDIA_SCHEME}:` || !isKind(url.hostname)) return null
  const assetId = url.pathname.slice(1)
  if (!safeId.test(assetId)) return null
  return { kind: url.hostname, assetId, version: url.searchParams.get('v') }
}

/**
 * `ferry-media://clip/<id>`: a small picture of a clip that lies on this machine. The id is of an upload, or of a plan and of the
 * clip in it, joined by "_"; a path it never is.
 */
export function clipPictureUrl(clipId: string): string {
  return `${MEDIA_SCHEME}://clip/${clipId}`
}

/** The id in an address that `clipPictureUrl` gave; null for anything else. */
export function parseClipPictureUrl(text: string): string | null {
  const url = URL.parse(text)
  if (url?.protocol !== `${MEDIA_SCHEME}:` || url.hostname !== 'clip') return null
  const clipId = url.pathname.slice(1)
  return safeId.test(clipId) ? clipId : null
}
