import { NoRoom } from './byte-store.ts'
import type { Exchange } from '../http/exchange.ts'
import { azure } from './azure.ts'
import { b2 } from './b2.ts'
import { fileServer } from './file-server.ts'
import { gcs } from './gcs.ts'
import { s3 } from './s3.ts'
import type { ProviderHandler, StorageSide, Target } from './provider.ts'

/** Storage URLs live beside `/API`, as buckets live on other hosts. */
export const storagePrefix = '/_storage/'

const providers: Record<string, ProviderHandler> = { s3, gcs, azure, b2, file: fileServer }

/** `/_storage/METHOD/STORAGE/KEY…`; undefined where the path is none of a storage. */
export function parseStoragePath(
  pathname: string,
): { provider: ProviderHandler; target: Target } | undefined {
  const match = /^\/_storage\/([a-z0-9]+)\/([0-9a-f-]{36})\/(.+)$/.exec(pathname)
  const provider = match?.[1] === undefined ? undefined : providers[match[1]]
  if (!provider || !match?.[2] || !match[3]) return undefined
  try {
    return { provider, target: { storageId: match[2], key: decodeURIComponent(match[3]) } }
  } catch {
    return undefined
  }
}

/** Answers a request to a storage. iconik's credentials have no business here: sending them is a leak, and is refused. */
export async function serveStorage(exchange: Exchange, side: StorageSide): Promise<void> {
  const found = parseStoragePath(exchange.url.pathname)
  if (!found)
    return exchange.xml(
      404,
      '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>',
    )
  if (exchange.method === 'OPTIONS') return preflight(exchange)
  const leaked = ['app-id', 'auth-token'].find((name) => exchange.header(name) !== undefined)
  if (leaked !== undefined && side.assumptions.strictSignedUrls)
    return exchange.xml(
      403,
      `<Error><Code>AccessDenied</Code><Message>The header ${leaked} must not be sent to a storage.</Message></Error>`,
      { connection: 'close' },
    )
  try {
    await found.provider(exchange, found.target, side)
  } catch (error) {
    if (!(error instanceof NoRoom)) throw error
    exchange.cut()
  }
}

function preflight(exchange: Exchange): void {
  exchange.send(204, {
    'access-control-allow-origin': exchange.header('origin') ?? '*',
    'access-control-allow-methods': 'GET, HEAD, PUT, POST, DELETE',
    'access-control-allow-headers': exchange.header('access-control-request-headers') ?? '*',
    'access-control-max-age': '3600',
  })
}
