import { parseMediaUrl } from '../core/media-address.ts'
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

/** Answers a request of the media scheme from the source; a failure is an empty 502, as a page can do nothing else with it. */
export async function answerMedia(source: MediaSource, request: Request): Promise<Response> {
  const address = parseMediaUrl(request.url)
  if (!address || request.method !== 'GET') return new Response(null, { status: 404 })
  try {
    const answer = await source.open(address, request.headers.get('range'), request.signal)
    return new Response(answer.body as ReadableStream | null, {
      status: answer.status,
      headers: safeHeaders(answer.headers),
    })
  } catch {
    return new Response(null, { status: 502 })
  }
}
