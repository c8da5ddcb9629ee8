// A custom scheme cannot be the origin of a document in Chromium from outside, so documents of `scheme://host/path`
// live at `https://host.scheme.localhost/path`: a secure origin of its own that is never asked for over the network,
// since each request is answered here. Images and media may keep their custom scheme: these requests arrive as they are.
const suffix = '.localhost'

/** Schemes that the app handles, with their handlers. */
export const handlers = new Map()

/** The address under which Chromium knows `url`. */
export function toChromium(url) {
  const [, scheme, host, rest] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(url) ?? []
  if (!scheme || !handlers.has(scheme.toLowerCase())) return url
  return `https://${host || 'x'}.${scheme.toLowerCase()}${suffix}${rest.startsWith('/') ? rest : `/${rest}`}`
}

/** The address under which the app knows `url`. */
export function toApp(url) {
  const [, host, rest] = /^https:\/\/([^/?#:]+)(.*)$/i.exec(url) ?? []
  if (!host?.endsWith(suffix)) return url
  const parts = host.slice(0, -suffix.length).split('.')
  const scheme = parts.pop()
  return handlers.has(scheme) ? `${scheme}://${parts.join('.')}${rest}` : url
}

/** The handler that answers a request for `url` as the app knows it. */
export const handlerOf = (url) => handlers.get(/^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1].toLowerCase())
