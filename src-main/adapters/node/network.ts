import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import tls from 'node:tls'
import { Agent, ProxyAgent } from 'undici'
import type { Dispatcher } from 'undici'
import { AppError } from '../../core/errors.ts'
import { isLoopbackHost } from '../../core/loopback.ts'
import { proxyFromEnvironment } from '../../core/proxy-choice.ts'
import type { Network } from '../../ports/network.ts'

export interface NetworkOptions {
  /** Where HTTPS_PROXY, HTTP_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are read, in either case. */
  env?: NodeJS.ProcessEnv
  /** The system's choice for a URL, as a proxy URL; null for none. Asked when the environment names no proxy. */
  systemProxy?: (url: string) => Promise<string | null>
  /** Kept connections to one host. */
  connections?: number
}

const CONNECT_TIMEOUT_MS = 10_000

/**
 * Certificates that connections trust: those that come with Node, those of the operating system, and those in
 * NODE_EXTRA_CA_CERTS. The variable is read here because a packaged app has Node's own handling of it switched off.
 * @throws AppError network.tls when the file that the variable names cannot be read
 */
export function trustedCertificates(env: NodeJS.ProcessEnv): string[] {
  const extraFile = env['NODE_EXTRA_CA_CERTS']
  const extra: string[] = []
  if (extraFile) {
    try {
      extra.push(readFileSync(extraFile, 'utf8'))
    } catch (cause) {
      throw new AppError(
        'network.tls',
        `The certificates in ${extraFile} cannot be read (NODE_EXTRA_CA_CERTS names that file).`,
        { cause },
      )
    }
  }
  return [...tls.getCACertificates('default'), ...tls.getCACertificates('system'), ...extra]
}

/** The network of this machine. To be closed, which ends kept connections. */
export function createNetwork(options: NetworkOptions = {}): Network {
  const env = options.env ?? process.env
  const shared = {
    connections: options.connections ?? 64,
    pipelining: 1,
    // One connection per part: bytes of several parts sharing a connection would wait for each other.
    allowH2: false,
    // Redirects are never followed, so nothing meant for one host reaches another.
    headersTimeout: 60_000,
    bodyTimeout: 60_000,
    keepAliveTimeout: 4_000,
  }
  let secure: { ca: string[] } | undefined
  // Reading the system's certificates takes a while; plain connections to this machine never need them.
  const trust = () => (secure ??= { ca: trustedCertificates(env) })
  const agents = new Map<string, Dispatcher>()

  const agentFor = (kind: string, make: () => Dispatcher) => {
    let agent = agents.get(kind)
    if (!agent) agents.set(kind, (agent = make()))
    return agent
  }
  const direct = (encrypted: boolean) =>
    agentFor(
      encrypted ? 'https' : 'http',
      () =>
        new Agent({
          ...shared,
          connect: { timeout: CONNECT_TIMEOUT_MS, ...(encrypted ? trust() : {}) },
        }),
    )

  return {
    async dispatcherFor(url) {
      const { hostname, protocol } = new URL(url)
      const encrypted = protocol === 'https:'
      if (isLoopbackHost(hostname)) return direct(encrypted)
      const choice = proxyFromEnvironment(url, env)
      const proxy = choice === undefined ? ((await options.systemProxy?.(url)) ?? null) : choice
      if (proxy === null) return direct(encrypted)
      return agentFor(proxy, () => makeProxyAgent(proxy, shared, trust()))
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()))
      agents.clear()
    },
  }
}

function makeProxyAgent(proxy: string, shared: Agent.Options, trust: { ca: string[] }): Dispatcher {
  const address = URL.parse(proxy)
  if (!address || !/^https?:$/.test(address.protocol))
    throw new AppError(
      'network.offline',
      `The proxy "${withoutCredentials(proxy)}" is not an http or https address.`,
    )
  const login = address.username
    ? `Basic ${Buffer.from(`${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`).toString('base64')}`
    : undefined
  address.username = ''
  address.password = ''
  return new ProxyAgent({
    ...shared,
    uri: address.href,
    ...(login ? { token: login } : {}),
    requestTls: { ...trust, timeout: CONNECT_TIMEOUT_MS },
    // A server name is only for names; the proxy may be given by its number.
    proxyTls: {
      ...trust,
      timeout: CONNECT_TIMEOUT_MS,
      ...(isIP(address.hostname) ? { servername: '' } : {}),
    },
  })
}

const withoutCredentials = (url: string) => url.replace(/\/\/[^@/]*@/, '//')
