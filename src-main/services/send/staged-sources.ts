import path from 'node:path'
import type { AccountId, AssetId, UploadId } from '@contract/ids.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import type { UploadFileRecord, UploadRecord } from '../../core/upload/upload-record.ts'
import type { OpenSession } from '../../ports/account-session.ts'
import type { ClipSources } from '../../ports/clip-sources.ts'
import type { FileDownload } from '../../ports/file-download.ts'
import type { FileDocument } from '../../ports/iconik-api.ts'
import type { StagedPlace, StagingFolder } from '../../ports/staging-folder.ts'
import type { UploadJournal } from '../../ports/upload-journal.ts'

/** So much of the disk is left alone. */
const KEPT_FREE_BYTES = 512 * 1024 * 1024

interface Deps {
  open: (id: AccountId) => Promise<OpenSession>
  folder: StagingFolder
  download: FileDownload
  journal: Pick<UploadJournal, 'accounts' | 'files' | 'filesStartingWith'>
}

/**
 * Fetches files of a local workspace to where the journal says that they lie, just before they are sent, and removes them when their
 * upload is over. The journal's rows are all the memory that there is: the path of a file says which account, asset and file it stands
 * for, so that whoever goes on after a crash knows as much as the one before.
 */
export class StagedSources implements ClipSources {
  readonly #deps: Deps
  readonly #sessions = new Map<string, Promise<OpenSession>>()
  /** Promised to files that are being fetched, and not on the disk yet. */
  #announcedBytes = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  isElsewhere(file: string): boolean {
    return this.#deps.folder.placeOf(file) !== null
  }

  async bring(upload: UploadRecord, files: readonly UploadFileRecord[], signal: AbortSignal): Promise<void> {
    for (const file of files) {
      const place = this.#deps.folder.placeOf(file.path)
      if (place === null || file.step === 'closed') continue
      const there = await this.#deps.folder.look(file.path)
      if (there && there.sizeBytes === file.sizeBytes && there.mtimeMs === file.mtimeMs) continue
      if (there) await this.#deps.folder.remove(place)
      await this.#fetch(upload, file, place, signal)
    }
  }

  /** Removes what was fetched for an upload that is over. What is tried again is fetched again. */
  async release(id: UploadId): Promise<void> {
    for (const file of this.#deps.journal.files(id)) {
      const place = this.#deps.folder.placeOf(file.path)
      if (place) await this.#deps.folder.remove(place)
    }
  }

  /** Removes what a process left behind whose uploads are over, or never began. */
  async sweep(): Promise<void> {
    for (const place of await this.#deps.folder.kept()) {
      const prefix = this.#deps.folder.pathOf(place, 'x').slice(0, -1)
      const isOpen = this.#deps.journal
        .accounts()
        .some((account) =>
          this.#deps.journal.filesStartingWith(account, prefix).some(({ state }) => state === 'active'),
        )
      if (!isOpen) await this.#deps.folder.remove(place)
    }
  }

  async #fetch(
    upload: UploadRecord,
    file: UploadFileRecord,
    place: StagedPlace,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#checkRoom(upload, file)
    this.#announcedBytes += file.sizeBytes
    try {
      const session = await this.#source(place.accountId, signal)
      const files = session.api.inLane('queue').files
      const assetId = place.assetId as AssetId
      const row = (await files.listFiles(assetId, {}, signal)).find(({ id }) => id === place.fileId)
      if (!row) throw new AppError('api.not-found', 'It has no such file.')
      await this.#deps.download.fetch({
        url: await files.downloadUrl(assetId, place.fileId, signal),
        folder: path.dirname(file.path),
        fileName: path.basename(file.path),
        modifiedMs: file.mtimeMs,
        mostBytes: file.sizeBytes,
        onProgress: () => undefined,
        check: (came) => check(upload, file, row, came),
        signal,
      })
    } catch (error) {
      this.#sessions.delete(place.accountId)
      throw asSourceError(error, upload)
    } finally {
      this.#announcedBytes -= file.sizeBytes
    }
  }

  async #checkRoom(upload: UploadRecord, file: UploadFileRecord): Promise<void> {
    const free = (await this.#deps.folder.freeBytes()) - KEPT_FREE_BYTES - this.#announcedBytes
    if (free >= file.sizeBytes) return
    throw new AppError(
      'storage.full',
      `There is no room to fetch ${upload.title} (${file.sizeBytes} bytes) from the local workspace. Make room on the disk of Ferry's own data.`,
      { retry: { when: 'later' } },
    )
  }

  /** The same one for all files of an account, until it fails. */
  #source(accountId: string, signal: AbortSignal): Promise<OpenSession> {
    let session = this.#sessions.get(accountId)
    if (!session) {
      // Others wait for it too: the signal of one of them must not end it.
      session = this.#deps.open(accountId as AccountId)
      this.#sessions.set(accountId, session)
      session.catch(() => this.#sessions.delete(accountId))
    }
    signal.throwIfAborted()
    return session
  }
}

function check(
  upload: UploadRecord,
  file: UploadFileRecord,
  row: FileDocument,
  came: { sizeBytes: number; md5: string },
): void {
  const name = row.originalName || upload.title
  if (came.sizeBytes !== file.sizeBytes)
    throw new AppError(
      'storage.mismatch',
      `${name} has ${came.sizeBytes} bytes instead of ${file.sizeBytes}.`,
    )
  const known = /^[0-9a-f]{32}$/i.test(row.checksum ?? '') ? row.checksum?.toLowerCase() : undefined
  if (known !== undefined && came.md5 !== known)
    throw new AppError('storage.mismatch', `The checksum of ${name} is not the one that the workspace knows.`)
}

/**
 * What went wrong at the source says nothing of the account that the upload is for: its network is not offline, its person not signed
 * out. It is tried again, and fails by name.
 */
function asSourceError(error: unknown, upload: UploadRecord): unknown {
  const known = findAppError(error)
  if (!known || known.code === 'cancelled' || known.code === 'storage.full') return error
  const isGone = known.code === 'api.not-found'
  return new AppError(
    isGone ? 'file.missing' : 'file.unreadable',
    `${upload.title} could not be fetched from the local workspace: ${known.message}`,
    { cause: error, retry: { when: isGone ? 'never' : 'later' }, details: { reason: known.message } },
  )
}
