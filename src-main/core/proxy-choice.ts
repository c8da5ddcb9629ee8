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
