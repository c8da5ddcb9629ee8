import type { Core } from '../core.ts'
import type { StorageSide } from '../storage/provider.ts'
import type { Exchange } from './exchange.ts'
import { parseFaults, type Faults } from './faults.ts'
import { readText } from './read-body.ts'
import { terminalStates } from '../jobs/job-runner.ts'

const keptCalls = 2000

/** `/_faults` and `/_inspect`, for tests: what to spoil, and what is open. Needs no credentials and exists only with faults on. */
export class Inspection {
  readonly #core: Core
  readonly #storage: StorageSide
  readonly #faults: Faults
  #counts = new Map<string, number>()
  #calls: { startedAt: string; at: string; method: string; path: string; status: number }[] = []

  constructor(core: Core, storage: StorageSide, faults: Faults) {
    this.#core = core
    this.#storage = storage
    this.#faults = faults
  }

  /** Notes a call once it is answered. Ids in paths are folded, so that the counts say which operation was called how often. */
  count(exchange: Exchange): void {
    const path = exchange.url.pathname
    const key = `${exchange.method} ${path.startsWith('/_storage/') ? path.split('/').slice(0, 3).join('/') : path.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '{id}')}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    const startedAt = new Date().toISOString()
    exchange.response.once('close', () => {
      this.#calls.push({
        startedAt,
        at: new Date().toISOString(),
        method: exchange.method,
        path,
        status: exchange.response.headersSent ? exchange.response.statusCode : 0,
      })
      if (this.#calls.length > keptCalls) this.#calls.splice(0, this.#calls.length - keptCalls)
    })
  }

  async serve(exchange: Exchange): Promise<void> {
    const path = exchange.url.pathname.replace(/\/$/, '')
    if (path === '/_faults' && exchange.method === 'PUT') return this.#setFaults(exchange)
    if (path === '/_faults' && exchange.method === 'GET') return exchange.json(200, this.#faults.report())
    if (path === '/_inspect' && exchange.method === 'GET') return exchange.json(200, this.report())
    if (path === '/_inspect' && exchange.method === 'DELETE') {
      this.#counts.clear()
      this.#calls = []
      return exchange.send(204)
    }
    exchange.json(404, { errors: [`There is nothing at ${path}`] })
  }

  async #setFaults(exchange: Exchange): Promise<void> {
    const text = await readText(exchange, 1024 * 1024)
    try {
      this.#faults.replace(parseFaults(JSON.parse(text ?? '') as object))
    } catch (error) {
      return exchange.json(400, { errors: [error instanceof Error ? error.message : String(error)] })
    }
    exchange.json(200, this.#faults.report())
  }

  report(): Record<string, unknown> {
    const open = this.#storage.uploads.all().map(({ id, kind, storageId, key, dateCreated, parts }) => ({
      id,
      kind,
      storageId,
      key,
      dateCreated,
      parts,
    }))
    const { tables } = this.#core
    return {
      multiparts: open.filter((upload) => upload.kind === 's3' || upload.kind === 'b2'),
      sessions: open.filter((upload) => upload.kind === 'gcs'),
      blocks: open.filter((upload) => upload.kind === 'azure'),
      calls: Object.fromEntries([...this.#counts].sort()),
      lastCalls: this.#calls,
      counts: Object.fromEntries(
        (
          ['assets', 'collections', 'formats', 'fileSets', 'files', 'proxies', 'keyframes', 'jobs'] as const
        ).map((name) => [name, tables[name].count()]),
      ),
      openJobs: tables.jobs
        .list()
        .filter((job) => !terminalStates.has(job.status))
        .map(({ id, type, status, title }) => ({ id, type, status, title })),
      indexPending: this.#core.search.pending(),
      lastOneTimeCode: this.#core.settings.get('last-otp') ?? null,
      faults: this.#faults.report(),
    }
  }
}
