/**
 * The proxy that environment variables name for a URL, as curl reads them: HTTPS_PROXY or HTTP_PROXY by scheme (lower
 * case wins), ALL_PROXY for both, NO_PROXY as a comma list of hosts, domains and `*`.
 * @returns the proxy's URL; null when NO_PROXY excludes the host; undefined when no variable speaks of it
 */
export function proxyFromEnvironment(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): string | null | undefined {
  const { protocol, hostname, port } = new URL(url)
  const read = (name: string) => env[name.toLowerCase()] || env[name] || undefined
  const proxy = (protocol === 'https:' ? read('HTTPS_PROXY') : read('HTTP_PROXY')) ?? read('ALL_PROXY')
  if (proxy === undefined) return undefined
  const effectivePort = port || (protocol === 'https:' ? '443' : '80')
  if (isExcluded(hostname.toLowerCase(), effectivePort, read('NO_PROXY') ?? '')) return null
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function isExcluded(hostname: string, port: string, list: string): boolean {
  return list
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true
      const [, host = '', onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
      if (onlyPort && onlyPort !== port) return false
      const domain = host.replace(/^\*?\./, '')
      return hostname === domain || hostname.endsWith(`.${domain}`)
    })
}

/**
 * The first usable entry of a proxy list as systems give it, "PROXY host:8080; DIRECT" (the syntax of proxy auto-config files).
 * @returns the proxy's URL; null for a direct connection, also where the list is empty
 * @throws Error when all entries are of a kind that is not spoken here (SOCKS); its message names the first
 */
export function proxyFromList(list: string): string | null {
  const entries = list
    .split(';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  for (const entry of entries) {
    const [kind = '', host = ''] = entry.split(/\s+/)
    if (kind.toUpperCase() === 'DIRECT') return null
    if (/^(PROXY|HTTP)$/i.test(kind) && host !== '') return `http://${host}`
    if (/^HTTPS$/i.test(kind) && host !== '') return `https://${host}`
  }
  if (entries.length === 0) return null
  throw new Error(`The system's proxy (${entries[0]}) is of a kind that Ferry cannot use.`)
}
