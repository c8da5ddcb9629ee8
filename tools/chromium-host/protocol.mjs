// `protocol` of Electron, and the answering of requests: each request of a page is paused by Chromium and either
// answered by the app's handler, refused by the app's webRequest filter, or let through.
import { handlerOf, handlers, toApp } from './addresses.mjs'
import { record } from './control.mjs'
import { requestFilter } from './session.mjs'

export const protocol = {
  registerSchemesAsPrivileged: (schemes) => record('protocol.registerSchemesAsPrivileged', schemes),
  handle(scheme, handler) {
    if (handlers.has(scheme)) throw new Error(`The scheme ${scheme} is already handled`)
    handlers.set(scheme, handler)
  },
  unhandle: (scheme) => handlers.delete(scheme),
  isProtocolHandled: (scheme) => handlers.has(scheme),
}

// An answer reaches Chromium as one message, so a stream is handed over piece by piece: a partial answer may be
// shorter than what was asked for, and a media element then asks for the rest.
const longestPieceBytes = 1024 * 1024

async function readAtMost(stream, limitBytes) {
  const parts = []
  let sizeBytes = 0
  if (!stream) return Buffer.alloc(0)
  for await (const part of stream) {
    parts.push(part)
    sizeBytes += part.byteLength
    if (sizeBytes >= limitBytes) break
  }
  return Buffer.concat(parts).subarray(0, limitBytes)
}

/** Cuts a 206 answer to one piece and states the range that is really sent (RFC 9110, section 14.4). */
function shortened(headers, body) {
  const [, start, , total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? []
  if (start === undefined || body.length === 0) return
  headers.set('content-range', `bytes ${start}-${Number(start) + body.length - 1}/${total}`)
  headers.set('content-length', String(body.length))
}

async function fulfill(cdp, requestId, response) {
  const isPartial = response.status === 206
  const body = await readAtMost(response.body, isPartial ? longestPieceBytes : Infinity)
  const headers = new Headers(response.headers)
  if (isPartial) shortened(headers, body)
  await cdp.send('Fetch.fulfillRequest', {
    requestId,
    responseCode: response.status,
    responseHeaders: [...headers].map(([name, value]) => ({ name, value })),
    body: body.toString('base64'),
  })
}

function toRequest(url, { method, headers, postData }) {
  const settings = { method, headers }
  if (postData !== undefined) settings.body = postData
  return new Request(url, settings)
}

/**
 * Answers one paused request.
 * @param cdp session of the page
 * @param paused parameters of the Fetch.requestPaused event
 * @param {(url: string) => boolean} mayNavigate asked for each document of the page that the app did not load itself
 */
export async function answerPaused(cdp, paused, mayNavigate) {
  const { requestId, request, resourceType } = paused
  const url = toApp(request.url)
  const refuse = (errorReason) => cdp.send('Fetch.failRequest', { requestId, errorReason })
  try {
    if (resourceType === 'Document' && !mayNavigate(url, paused.frameId)) return await refuse('Aborted')
    if (await requestFilter(url, request.method, resourceType)) return await refuse('BlockedByClient')
    const handler = handlerOf(url)
    if (!handler) return await cdp.send('Fetch.continueRequest', { requestId })
    return await fulfill(cdp, requestId, await handler(toRequest(url, request)))
  } catch (error) {
    // A page that went away in between has nobody left to answer.
    if (/closed|Invalid InterceptionId/i.test(String(error))) return undefined
    console.error(`chromium-host: no answer for ${url}: ${error?.message ?? error}`)
    return refuse('Failed').catch(() => {})
  }
}
