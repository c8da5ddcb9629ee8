import { parseClipPictureUrl, parseMediaUrl } from '../core/media-address.ts'
import type { ClipPictures } from '../ports/clip-pictures.ts'
import type { MediaSource } from '../ports/media-source.ts'

// What a server calls a picture may be a document; only these reach a page under their own name.
const showable = /^(image\/(jpeg|png|webp|gif|avif)|video\/[\w.+-]+|audio\/[\w.+-]+)(;|$)/i

const passedOn = ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag', 'cache-control']

function safeHeaders(headers: Record<string, string>): Headers {
  const safe = new Headers({
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'",
  })
  for (const name of passedOn) if (headers[name] !== undefined) safe.set(name, headers[name])
  if (!showable.test(headers['content-type'] ?? '')) safe.set('content-type', 'application/octet-stream')
  return safe
}

/** Answers a request of the media scheme; a failure is an empty 502, as a page can do nothing else with it. */
export async function answerMedia(
  assets: MediaSource,
  clips: ClipPictures,
  request: Request,
): Promise<Response> {
  if (request.method !== 'GET') return new Response(null, { status: 404 })
  const clipId = parseClipPictureUrl(request.url)
  const address = parseMediaUrl(request.url)
  try {
    if (clipId !== null) return answerClip(await clips.open(clipId, request.signal))
    if (!address) return new Response(null, { status: 404 })
    const answer = await assets.open(address, request.headers.get('range'), request.signal)
    return new Response(answer.body as ReadableStream | null, {
      status: answer.status,
      headers: safeHeaders(answer.headers),
    })
  } catch {
    // Some are only given up for newer ones: the next look asks again.
    return new Response(null, { status: 502, headers: { 'cache-control': 'no-store' } })
  }
}

/** That there is no picture is nothing wrong: a 404 would stand in the console of the page. */
function answerClip(picture: Uint8Array | null): Response {
  if (!picture)
    return new Response(null, { status: 204, headers: safeHeaders({ 'cache-control': 'no-store' }) })
  const headers = safeHeaders({ 'content-type': 'image/jpeg', 'cache-control': 'private, max-age=3600' })
  return new Response(new Uint8Array(picture), { headers })
}
