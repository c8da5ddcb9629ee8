import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AccessControl } from './access.ts'
import { assume } from './assumptions.ts'
import type { Core } from './core.ts'
import { serveApi, type ApiSide } from './http/api-server.ts'
import { Exchange, type Gate } from './http/exchange.ts'
import { Faults, parseFaults } from './http/faults.ts'
import { Inspection } from './http/inspection.ts'
import { RateLimit } from './http/rate-limit.ts'
import { Router } from './http/router.ts'
import { Accounts, type Account } from './identity.ts'
import { defineTasks } from './jobs/tasks.ts'
import { JobRunner } from './jobs/job-runner.ts'
import { createLogin } from './logins.ts'
import { createDefaultModel } from './metadata/default-model.ts'
import type { Workspace, WorkspaceOptions } from './options.ts'
import { Passwords } from './passwords.ts'
import { operations } from './routes/index.ts'
import { outsideOperations } from './routes/outside.ts'
import { searchAgain } from './routes/acl-guard.ts'
import { createSystemRelationTypes } from './routes/relations.ts'
import { createDefaultStorages, defaultFor } from './routes/storages.ts'
import { indexSource } from './search/index-source.ts'
import { SearchIndex } from './search/search-index.ts'
import { ByteStore } from './storage/byte-store.ts'
import { serveStorage, storagePrefix } from './storage/dispatch.ts'
import { OpenUploads } from './storage/open-uploads.ts'
import type { StorageSide } from './storage/provider.ts'
import { SignedUrls } from './storage/signed-urls.ts'
import { Signer } from './storage/signing.ts'
import { UploadUrls } from './storage/upload-urls.ts'
import { Contents } from './store/contents.ts'
import { Database } from './store/database.ts'
import { Settings } from './store/settings.ts'
import { openTables } from './store/tables.ts'

const log = (message: string, error: unknown): void => {
  process.stderr.write(
    `workspace: ${message}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
}

/** Opens the data folder and everything that works on it. Nothing listens yet. */
export function openCore(options: WorkspaceOptions): { core: Core; storage: StorageSide } {
  const assumptions = assume(options.assumptions)
  const dataDir = resolve(options.dataDir)
  const db = new Database(dataDir, log)
  const settings = new Settings(db)
  const tables = openTables(db)
  const contents = new Contents(db)
  const access = new AccessControl(db)
  const accounts = new Accounts(tables, settings, { appId: options.appId })
  const bytes = new ByteStore(db, dataDir, {
    discard: options.byteSink === 'discard',
    keptFreeBytes: options.keptFreeBytes,
  })
  const signer = new Signer(accounts.identity.signingKey)
  const storage: StorageSide = {
    db,
    bytes,
    uploads: new OpenUploads(db, bytes),
    urls: new SignedUrls(signer, () => assumptions.signedUrlLifetimeS),
    assumptions,
    sinkUrl:
      options.byteSink && options.byteSink !== 'discard' ? options.byteSink.replace(/\/+$/, '') : undefined,
  }
  const source = indexSource({ tables, contents, access, showTrashed: () => assumptions.trashedInSearch })
  const core: Core = {
    db,
    tables,
    contents,
    settings,
    accounts,
    passwords: new Passwords(settings),
    access,
    bytes,
    urls: new UploadUrls(storage),
    search: new SearchIndex(db, source, options.indexDelayMs ?? 0),
    jobs: new JobRunner(db, tables, {
      atOnce: 2,
      abortPendingMs: () => assumptions.abortPendingMs,
      log,
    }),
    assumptions,
  }
  access.onInherited = (type, id) => searchAgain(core, type, id)
  const mountPoint = join(dataDir, 'mount')
  mkdirSync(mountPoint, { recursive: true, mode: 0o700 })
  db.transaction(() => {
    createDefaultStorages(core, (options.storage ?? 's3').toUpperCase(), mountPoint)
    createDefaultModel(core)
    createSystemRelationTypes(core)
    for (const login of options.logins ?? []) createLogin(core, login)
  })
  db.commit()
  return { core, storage }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(port, '127.0.0.1', () => done((server.address() as AddressInfo).port))
  })
}

/** Only names that mean this machine: a page of another origin cannot reach the service by a name of its own. */
const isLocalHost = (host: string | undefined, port: number): boolean =>
  host === `127.0.0.1:${port}` || host === `localhost:${port}` || host === `[::1]:${port}`

/**
 * Starts the workspace on 127.0.0.1. Rejects where the port is taken, the data folder cannot be written, or an option
 * is wrong; the message says which.
 */
export async function startWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const startedAtMs = Date.now()
  const rules = options.faults === undefined ? undefined : parseFaults(options.faults)
  const { core, storage } = openCore(options)
  const { accounts } = core
  const faults = rules && new Faults(rules)
  const inspection = faults && new Inspection(core, storage, faults)
  const router = new Router([...operations, ...outsideOperations])
  const { token } = accounts.issue(
    accounts.identity.appId,
    accounts.identity.adminId,
    accounts.identity.systemDomainId,
    {
      ...(options.authToken !== undefined && { secret: options.authToken }),
    },
  )
  const limit = options.rateLimit
  const rateLimit = typeof limit === 'number' ? new RateLimit(limit, core.assumptions.rateWindowS) : undefined
  let port = 0

  const gate: Gate = (open) =>
    core.db.whenCommitted((error) => {
      if (error) log('Changes could not be written down', error)
      open(error === undefined)
    })

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/'
    const origin = `http://${request.headers.host}`
    const isOurs = isLocalHost(request.headers.host, port) && path.startsWith('/')
    const url = isOurs ? URL.parse(origin + path) : null
    if (!url)
      return new Exchange(request, response, new URL('http://workspace/'), undefined, gate).json(
        421,
        { errors: ['This service answers on this machine only'] },
        { connection: 'close' },
      )
    const fault =
      url.pathname.startsWith('/_') && !url.pathname.startsWith(storagePrefix)
        ? undefined
        : faults?.strike(request.method ?? '', url.pathname)
    const exchange = new Exchange(request, response, url, fault, gate)
    if (fault?.action === 'delay') await new Promise((done) => setTimeout(done, fault.ms))
    if (fault?.action === 'drop-before') return exchange.cut()
    if (fault?.action === 'status') {
      const headers: Record<string, string> = {
        connection: 'close',
        ...(fault.retryAfterS !== undefined && { 'retry-after': String(fault.retryAfterS) }),
      }
      return exchange.json(fault.status ?? 500, { errors: ['A fault was asked for'] }, headers)
    }
    inspection?.count(exchange)
    if (url.pathname.startsWith(storagePrefix)) return serveStorage(exchange, storage)
    if (url.pathname.startsWith('/_'))
      return inspection
        ? inspection.serve(exchange)
        : exchange.json(404, { errors: ['Faults are not enabled'] })
    return serveApi(exchange, api(origin))
  }
  const anonymous: Account = {
    user: {
      id: '',
      email: '',
      first_name: '',
      last_name: '',
      type: '',
      status: '',
      is_admin: false,
      groups: [],
    },
    appId: '',
    tokenId: '',
    roles: new Set(),
    systemDomainId: accounts.identity.systemDomainId,
  }
  const api = (origin: string): ApiSide => ({ core, router, rateLimit, origin, anonymous, log })

  const server = createServer(
    { keepAliveTimeout: 75_000, requestTimeout: 0, maxHeaderSize: 65_536 },
    (request, response) => {
      request.on('error', () => undefined)
      response.on('error', () => undefined)
      handle(request, response).catch((error: unknown) => {
        if (request.destroyed || response.destroyed) return
        log(`${request.method} ${String(request.url).replace(/\?.*/, '')} failed`, error)
        if (!response.headersSent)
          response.writeHead(500, { 'content-type': 'application/json', connection: 'close' })
        response.end('{"errors":["The workspace failed on this call; its log has the reason"]}')
      })
    },
  )
  try {
    port = await listen(server, options.port ?? 0)
  } catch (error) {
    core.db.close()
    throw error
  }
  const url = `http://127.0.0.1:${port}`
  defineTasks(core, {
    origin: url,
    previews: options.previews ?? true,
    ffmpegPath: options.ffmpegPath ?? 'ffmpeg',
    ffprobePath: options.ffprobePath ?? 'ffprobe',
  })
  core.search.start()
  core.jobs.start()
  const swept = core.bytes
    .sweepOrphans(new Date(startedAtMs))
    .catch((error: unknown) => log('Bytes that nothing owns could not be removed', error))

  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    core.search.stop()
    await core.jobs.stop()
    await swept
    const ended = new Promise<void>((done) => server.close(() => done()))
    server.closeAllConnections()
    await ended
    core.search.stop()
    core.db.close()
  }
  return {
    url,
    appId: accounts.identity.appId,
    authToken: token,
    storageId: defaultFor(core, 'FILES')?.id ?? '',
    dataDir: resolve(options.dataDir),
    close: () => (closing ??= close()),
  }
}
