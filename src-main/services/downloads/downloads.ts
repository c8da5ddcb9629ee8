import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { DownloadChange, DownloadCounts, DownloadView } from '@contract/downloads.ts'
import type { AccountId, AssetId, Window } from '@contract/ids.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { safeFileName } from '../../core/safe-file-name.ts'
import type { AccountSession } from '../../ports/account-session.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileDownload } from '../../ports/file-download.ts'
import type { Logger } from '../../ports/logger.ts'

const AT_ONCE = 3
const TELL_MS = 250
/** More rows than this are not told one by one: the page reads again what it shows. */
const MOST_TOLD = 200
/** A connection that ends in mid-file is tried again so often. */
const TRIES = 3
const RETRY_AFTER_MS = 2_000
const LEFT = 'Another account was opened before it was brought.'

type State = DownloadView['state']

interface Row extends DownloadView {
  what: 'originals' | 'proxies'
  folder: string
  /** Whose asset it is. */
  accountId: AccountId
  /** Id of the file or proxy; null until the asset was looked at. */
  remoteId: string | null
  md5: string | null
  abort: AbortController
  /** The files of one asset, in their order. */
  siblings: Row[]
}

/** Originals and proxies that are brought to a folder. The list lives as long as the app; half files do not. */
export class Downloads {
  readonly #deps: { session: AccountSession; download: FileDownload; clock: Clock; logger: Logger }
  readonly #listeners = new Set<(change: DownloadChange) => void>()
  /** Oldest first, the files of one asset together. */
  #assets: Row[][] = []
  readonly #rows = new Map<string, Row>()
  /** What waits, first come first; files of an asset that was looked at go before other assets. */
  readonly #waiting = { files: new Set<Row>(), assets: new Set<Row>() }
  readonly #counts: DownloadCounts = { waiting: 0, loading: 0, done: 0, failed: 0, cancelled: 0 }
  /** Not told yet. */
  readonly #changedRows = new Set<Row>()
  #listChanged = false
  #running = 0
  #isTelling = false
  readonly #unlisten: () => void

  constructor(deps: { session: AccountSession; download: FileDownload; clock: Clock; logger: Logger }) {
    this.#deps = deps
    this.#unlisten = deps.session.onChange(() => this.#endThoseLeft())
  }

  /** @returns stops it */
  onChanged(listener: (change: DownloadChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Newest first. */
  list({ offset, limit }: Window): { total: number; rows: DownloadView[]; counts: DownloadCounts } {
    const rows: DownloadView[] = []
    let toSkip = offset
    for (const files of this.#assets.toReversed()) {
      if (rows.length >= limit) break
      if (toSkip >= files.length) toSkip -= files.length
      else {
        const shown = files.toReversed().slice(toSkip, toSkip + limit - rows.length)
        rows.push(...shown.map(toView))
        toSkip = 0
      }
    }
    return { total: this.#rows.size, rows, counts: { ...this.#counts } }
  }

  /** @throws AppError auth.required */
  start(assetIds: readonly AssetId[], what: Row['what'], folder: string): void {
    const { accountId } = this.#deps.session.require()
    for (const assetId of assetIds) {
      const row = newRow({ assetId, what, folder, accountId })
      this.#assets.push(row.siblings)
      this.#add(row)
    }
    this.#pump()
  }

  cancel(ids: readonly string[]): void {
    for (const row of this.#named(ids))
      if (row.state === 'waiting' || row.state === 'loading') {
        this.#become(row, 'cancelled')
        row.abort.abort(new AppError('cancelled', 'Cancelled.'))
      }
  }

  retry(ids: readonly string[]): void {
    for (const row of this.#named(ids))
      if (row.state === 'failed' || row.state === 'cancelled') {
        Object.assign(row, { reason: '', doneBytes: 0, abort: new AbortController() })
        this.#become(row, 'waiting')
      }
    this.#pump()
  }

  /** Takes those that ended off the list. */
  clear(): void {
    const isOpen = ({ state }: Row) => state === 'waiting' || state === 'loading'
    for (const row of this.#rows.values())
      if (!isOpen(row)) {
        this.#rows.delete(row.id)
        this.#counts[row.state] -= 1
      }
    for (const files of this.#assets) files.splice(0, files.length, ...files.filter(isOpen))
    this.#assets = this.#assets.filter((files) => files.length > 0)
    this.#listChanged = true
    this.#tellSoon()
  }

  stop(): void {
    this.#unlisten()
    this.cancel([...this.#rows.keys()])
  }

  #named(ids: readonly string[]): Row[] {
    return ids.flatMap((id) => this.#rows.get(id) ?? [])
  }

  /** To be called once its siblings hold it. */
  #add(row: Row): void {
    this.#rows.set(row.id, row)
    this.#counts[row.state] += 1
    this.#lineOf(row).add(row)
    this.#listChanged = true
    this.#tellSoon()
  }

  #become(row: Row, state: State): void {
    this.#counts[row.state] -= 1
    this.#counts[state] += 1
    row.state = state
    if (state === 'waiting') this.#lineOf(row).add(row)
    else this.#lineOf(row).delete(row)
    this.#changed(row)
  }

  #lineOf(row: Row): Set<Row> {
    return row.remoteId === null ? this.#waiting.assets : this.#waiting.files
  }

  #next(): Row | undefined {
    for (const line of [this.#waiting.files, this.#waiting.assets]) for (const row of line) return row
    return undefined
  }

  /** What waits for an account that was left would ask the one that is open now for what it does not know. */
  #endThoseLeft(): void {
    const accountId = this.#deps.session.accountId()
    for (const line of [this.#waiting.files, this.#waiting.assets])
      for (const row of line) if (row.accountId !== accountId) this.#leave(row)
  }

  #leave(row: Row): void {
    row.reason = LEFT
    this.#become(row, 'cancelled')
  }

  #pump(): void {
    const accountId = this.#deps.session.accountId()
    while (this.#running < AT_ONCE) {
      const row = this.#next()
      if (!row) return
      if (row.accountId !== accountId) {
        this.#leave(row)
        continue
      }
      this.#become(row, 'loading')
      this.#running += 1
      // A row that is tried again has another signal: what ends of the first try says nothing of the second.
      const { signal } = row.abort
      this.#run(row, signal)
        .catch((error: unknown) => row.abort.signal === signal && this.#failed(row, error))
        .finally(() => {
          this.#running -= 1
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
    const { files, assets } = this.#api(row)
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
    this.#changed(row)
    const { assetId, what, title, accountId, siblings } = row
    for (const file of rest) {
      const other = Object.assign(newRow({ assetId, what, folder, accountId }), file, { title, siblings })
      siblings.push(other)
      this.#add(other)
    }
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
        this.#changed(row)
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
    this.#become(row, 'done')
  }

  async #urlOf(row: Row, remoteId: string, signal: AbortSignal): Promise<string> {
    const { files } = this.#api(row)
    if (row.what === 'originals') return files.downloadUrl(row.assetId, remoteId, signal)
    const proxy = (await files.listProxies(row.assetId, signal)).find(({ id }) => id === remoteId)
    if (!proxy?.url) throw new AppError('api.not-found', `The proxy of ${row.title} is not there any more.`)
    return proxy.url
  }

  #failed(row: Row, error: unknown): void {
    const known = findAppError(error)
    if (row.state === 'cancelled') return
    if (row.accountId !== this.#deps.session.accountId()) return this.#leave(row)
    if (known?.code === 'cancelled') return this.#become(row, 'cancelled')
    if (!known) this.#deps.logger.error('a download failed by a bug', { error })
    row.reason = known?.message ?? 'Ferry ran into a mistake of its own.'
    this.#become(row, 'failed')
  }

  /** @throws AppError cancelled when another account is open than that of the row; auth.required */
  #api({ accountId }: Row) {
    const session = this.#deps.session.require()
    if (session.accountId !== accountId) throw new AppError('cancelled', LEFT)
    return session.api.inLane('person')
  }

  #changed(row: Row): void {
    this.#changedRows.add(row)
    this.#tellSoon()
  }

  #tellSoon(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    this.#deps.clock.after(TELL_MS, () => {
      this.#isTelling = false
      const isMany = this.#changedRows.size > MOST_TOLD
      const change = {
        rows: isMany ? [] : [...this.#changedRows].map(toView),
        listChanged: this.#listChanged || isMany,
        counts: { ...this.#counts },
      }
      this.#changedRows.clear()
      this.#listChanged = false
      for (const listener of this.#listeners) listener(change)
    })
  }
}

/** Files of older versions stay where they are. */
const isCurrent = (current: string | null, own: string | null) =>
  current === null || own === null || own === current

/** A row that waits, alone among its siblings. */
function newRow(of: Pick<Row, 'assetId' | 'what' | 'folder' | 'accountId'>): Row {
  const row: Row = {
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
    siblings: [],
  }
  row.siblings.push(row)
  return row
}

const toView = ({
  what: _what,
  folder: _folder,
  accountId: _account,
  remoteId: _remote,
  md5: _md5,
  abort: _abort,
  siblings: _siblings,
  ...view
}: Row): DownloadView => view
