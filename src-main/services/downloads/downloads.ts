import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { DownloadView } from '@contract/downloads.ts'
import type { AssetId } from '@contract/ids.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { safeFileName } from '../../core/safe-file-name.ts'
import type { AccountSession } from '../../ports/account-session.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileDownload } from '../../ports/file-download.ts'
import type { Logger } from '../../ports/logger.ts'

const AT_ONCE = 3
const TELL_MS = 250
/** A connection that ends in mid-file is tried again so often. */
const TRIES = 3
const RETRY_AFTER_MS = 2_000

interface Row extends DownloadView {
  what: 'originals' | 'proxies'
  folder: string
  /** Id of the file or proxy; null until the asset was looked at. */
  remoteId: string | null
  md5: string | null
  abort: AbortController
}

/** Originals and proxies that are brought to a folder. The list lives as long as the app; half files do not. */
export class Downloads {
  readonly #deps: { session: AccountSession; download: FileDownload; clock: Clock; logger: Logger }
  readonly #listeners = new Set<(rows: DownloadView[]) => void>()
  #rows: Row[] = []
  #running = 0
  #isTelling = false

  constructor(deps: { session: AccountSession; download: FileDownload; clock: Clock; logger: Logger }) {
    this.#deps = deps
  }

  /** @returns stops it */
  onChanged(listener: (rows: DownloadView[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  list(): DownloadView[] {
    return this.#rows.map(toView).reverse()
  }

  start(assetIds: readonly AssetId[], what: Row['what'], folder: string): void {
    for (const assetId of assetIds) this.#rows.push(newRow({ assetId, what, folder }))
    this.#changed()
    this.#pump()
  }

  cancel(ids: readonly string[]): void {
    const wanted = new Set(ids)
    for (const row of this.#rows)
      if (wanted.has(row.id) && (row.state === 'waiting' || row.state === 'loading')) {
        row.state = 'cancelled'
        row.abort.abort(new AppError('cancelled', 'Cancelled.'))
      }
    this.#changed()
  }

  retry(ids: readonly string[]): void {
    const wanted = new Set(ids)
    for (const row of this.#rows)
      if (wanted.has(row.id) && (row.state === 'failed' || row.state === 'cancelled'))
        Object.assign(row, { state: 'waiting', reason: '', doneBytes: 0, abort: new AbortController() })
    this.#changed()
    this.#pump()
  }

  clear(): void {
    this.#rows = this.#rows.filter(({ state }) => state === 'waiting' || state === 'loading')
    this.#changed()
  }

  stop(): void {
    this.cancel(this.#rows.map(({ id }) => id))
  }

  #pump(): void {
    while (this.#running < AT_ONCE) {
      const row = this.#rows.find(({ state }) => state === 'waiting')
      if (!row) return
      row.state = 'loading'
      this.#running += 1
      // A row that is tried again has another signal: what ends of the first try says nothing of the second.
      const { signal } = row.abort
      this.#run(row, signal)
        .catch((error: unknown) => row.abort.signal === signal && this.#failed(row, error))
        .finally(() => {
          this.#running -= 1
          this.#changed()
          this.#pump()
        })
    }
  }

  async #run(row: Row, signal: AbortSignal): Promise<void> {
    if (row.remoteId === null) await this.#resolve(row, signal)
    signal.throwIfAborted()
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#fetch(row, signal)
        return
      } catch (error) {
        const verdict = findAppError(error)?.retry.when
        const isPassing = verdict === 'later' || verdict === 'online' || verdict === 'after'
        if (!isPassing || tries >= TRIES) throw error
        await this.#deps.clock.sleep(RETRY_AFTER_MS * tries, signal)
      }
    }
  }

  /** Finds the files of the asset: the row becomes the first of them, the others get rows of their own. */
  async #resolve(row: Row, signal: AbortSignal): Promise<void> {
    const { files, assets } = this.#api()
    const asset = await assets.get(row.assetId, signal)
    row.title = asset.title
    const found =
      row.what === 'originals'
        ? (await files.listFiles(row.assetId, {}, signal))
            .filter(
              ({ status, versionId }) => status === 'CLOSED' && isCurrent(asset.defaultVersionId, versionId),
            )
            .map((file) => ({
              remoteId: file.id,
              fileName: safeFileName(file.originalName || file.name || asset.title),
              sizeBytes: file.sizeBytes,
              md5: /^[0-9a-f]{32}$/i.test(file.checksum ?? '')
                ? (file.checksum as string).toLowerCase()
                : null,
            }))
        : (await files.listProxies(row.assetId, signal))
            .filter(
              ({ status, versionId }) => status === 'CLOSED' && isCurrent(asset.defaultVersionId, versionId),
            )
            .slice(0, 1)
            .map((proxy) => ({
              remoteId: proxy.id,
              fileName: safeFileName(`${asset.title.replace(/\.[^.]+$/, '')} proxy.mp4`),
              sizeBytes: null,
              md5: null,
            }))
    const [first, ...rest] = found
    if (!first)
      throw new AppError(
        'api.not-found',
        row.what === 'originals' ? `${asset.title} has no original file.` : `${asset.title} has no proxy.`,
      )
    // Several files of one asset stay together, and their names do not meet those of other assets.
    const folder = rest.length > 0 ? path.join(row.folder, safeFileName(asset.title)) : row.folder
    Object.assign(row, first, { folder })
    const { assetId, what, title } = row
    const others = rest.map((file) => Object.assign(newRow({ assetId, what, folder }), file, { title }))
    this.#rows.splice(this.#rows.indexOf(row) + 1, 0, ...others)
    this.#changed()
  }

  async #fetch(row: Row, signal: AbortSignal): Promise<void> {
    const { remoteId, fileName, folder, md5, sizeBytes } = row
    if (remoteId === null) return
    // Asked for late: signed addresses expire.
    const url = await this.#urlOf(row, remoteId, signal)
    const arrived = await this.#deps.download.fetch({
      url,
      folder,
      fileName,
      ...(sizeBytes === null ? {} : { mostBytes: sizeBytes }),
      signal,
      onProgress: (doneBytes, totalBytes) => {
        row.doneBytes = doneBytes
        row.sizeBytes ??= totalBytes
        this.#changed()
      },
      check: (came) => {
        if (sizeBytes !== null && came.sizeBytes !== sizeBytes)
          throw new AppError(
            'storage.mismatch',
            `${fileName} has ${came.sizeBytes} bytes instead of ${sizeBytes}.`,
          )
        if (md5 !== null && came.md5 !== md5)
          throw new AppError(
            'storage.mismatch',
            `The checksum of ${fileName} is not the one that iconik knows.`,
            {
              retry: { when: 'never' },
            },
          )
      },
    })
    row.path = arrived.path
    row.doneBytes = arrived.sizeBytes
    row.sizeBytes = arrived.sizeBytes
    row.proof = md5 !== null ? 'checksum' : sizeBytes !== null ? 'size' : 'none'
    row.state = 'done'
  }

  async #urlOf(row: Row, remoteId: string, signal: AbortSignal): Promise<string> {
    const { files } = this.#api()
    if (row.what === 'originals') return files.downloadUrl(row.assetId, remoteId, signal)
    const proxy = (await files.listProxies(row.assetId, signal)).find(({ id }) => id === remoteId)
    if (!proxy?.url) throw new AppError('api.not-found', `The proxy of ${row.title} is not there any more.`)
    return proxy.url
  }

  #failed(row: Row, error: unknown): void {
    const known = findAppError(error)
    if (row.state === 'cancelled' || known?.code === 'cancelled') {
      row.state = 'cancelled'
      return
    }
    if (!known) this.#deps.logger.error('a download failed by a bug', { error })
    row.state = 'failed'
    row.reason = known?.message ?? 'Ferry ran into a mistake of its own.'
  }

  #api() {
    return this.#deps.session.require().api.inLane('person')
  }

  #changed(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    this.#deps.clock.after(TELL_MS, () => {
      this.#isTelling = false
      const rows = this.list()
      for (const listener of this.#listeners) listener(rows)
    })
  }
}

/** Files of older versions stay where they are. */
const isCurrent = (current: string | null, own: string | null) =>
  current === null || own === null || own === current

const newRow = (of: Pick<Row, 'assetId' | 'what' | 'folder'>): Row => ({
  ...of,
  id: randomUUID(),
  title: '',
  fileName: '',
  path: '',
  state: 'waiting',
  sizeBytes: null,
  doneBytes: 0,
  proof: 'none',
  reason: '',
  remoteId: null,
  md5: null,
  abort: new AbortController(),
})

const toView = ({ what: _w, folder: _f, remoteId: _r, md5: _m, abort: _a, ...view }: Row): DownloadView =>
  view
