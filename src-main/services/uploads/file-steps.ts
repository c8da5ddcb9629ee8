import type { AssetId } from '@contract/ids.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { mayHaveHappened } from '../../core/upload/retry-policy.ts'
import type { UploadFileRecord, UploadRecord } from '../../core/upload/upload-record.ts'
import { nextFileAction } from '../../core/upload/upload-state.ts'
import type { FileChanges } from '../../ports/upload-journal.ts'
import type { FileDocument } from '../../ports/iconik-api.ts'
import { mountOf, mountedCheckpoint, placeIn } from './mounted-place.ts'
import type { TransferCheckpoint, UploadTicket } from '../../ports/storage-transfer.ts'
import { contentType } from './content-type.ts'
import { sweepLater } from './create-steps.ts'
import type { UploadContext } from './upload-context.ts'
import { withWatchdog } from './watchdog.ts'

/** Files of one clip that are on their way at once. */
const PARALLEL_FILES = 4

/** How a file came to its end: closed, and what proves it. */
export interface FileEnd {
  index: number
  changes: FileChanges
}

/**
 * Brings all files of an upload to its file set: row, bytes, closed. Ends at the first that cannot go on.
 * @returns what is not written down yet: the end of an only file belongs into the transaction that ends its upload. Should it never be
 *   written, that last request is repeated, which does no harm.
 */
export async function sendFiles(context: UploadContext, upload: UploadRecord): Promise<FileEnd[]> {
  const files = context.journal.files(context.id)
  for (const file of files) context.progress.set(context.id, file.index, file.sentBytes)
  const existing = once(() => context.session.api.files.listFiles(assetOf(upload), {}, context.signal))
  const ends: FileEnd[] = []
  const queue = files.filter((file) => file.step !== 'closed')
  const work = async () => {
    for (let file = queue.shift(); file; file = queue.shift())
      await new FileRun(context, upload, file, files, existing, ends).run()
  }
  const workers = Array.from({ length: Math.min(PARALLEL_FILES, queue.length) }, () =>
    work().catch((error: unknown) => {
      // The others finish the file that they are at and take no new one.
      queue.length = 0
      throw error
    }),
  )
  const results = await Promise.allSettled(workers)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return ends
}

class FileRun {
  readonly #context: UploadContext
  readonly #upload: UploadRecord
  #file: UploadFileRecord
  readonly #siblings: readonly UploadFileRecord[]
  readonly #existing: () => Promise<FileDocument[]>
  readonly #ends: FileEnd[]
  #ticket: UploadTicket | null = null

  constructor(
    context: UploadContext,
    upload: UploadRecord,
    file: UploadFileRecord,
    siblings: readonly UploadFileRecord[],
    existing: () => Promise<FileDocument[]>,
    ends: FileEnd[],
  ) {
    this.#ends = ends
    this.#context = context
    this.#upload = upload
    this.#file = file
    this.#siblings = siblings
    this.#existing = existing
  }

  async run(): Promise<void> {
    for (;;) {
      this.#context.signal.throwIfAborted()
      switch (nextFileAction(this.#file.step).do) {
        case 'create':
          await this.#create()
          break
        case 'find':
          await this.#find()
          break
        case 'send':
          await this.#send()
          break
        case 'close':
          await this.#close()
          break
        case 'prove':
          await this.#prove()
          break
        case 'none':
          return
      }
    }
  }

  async #create(): Promise<void> {
    const { session, signal } = this.#context
    const storage = await this.#context.storages.get(this.#upload.storageId)
    const mount = await mountOf(this.#context, this.#upload)
    // A gateway's row must not name a file that is not there yet.
    if (mount !== null && !this.#file.proven) await this.#copyInto(mount)
    this.#write({ step: 'creating' })
    try {
      const { file, ticket } = await session.api.files.createFile(
        assetOf(this.#upload),
        {
          originalName: baseName(this.#file.relativePath),
          directoryPath: this.#directory(mount),
          sizeBytes: this.#file.sizeBytes,
          storageId: storage.id,
          fileSetId: this.#upload.fileSetId ?? '',
          formatId: this.#upload.formatId ?? '',
          versionId: this.#upload.versionId,
          fileDateModified: new Date(this.#file.mtimeMs).toISOString(),
          contentType: contentType(this.#file.path),
          type: 'FILE',
        },
        signal,
      )
      this.#ticket = ticket
      this.#write({ step: mount === null ? 'open' : 'sent', fileId: file.id })
    } catch (error) {
      const known = findAppError(error)
      if (known && !mayHaveHappened(known)) this.#write({ step: 'planned' })
      throw error
    }
  }

  /** A create without an answer: the listing under the asset tells whether it took effect. */
  async #find(): Promise<void> {
    const mount = await mountOf(this.#context, this.#upload)
    const directory = this.#directory(mount)
    const taken = new Set(this.#siblings.map((file) => file.fileId))
    const found = (await this.#existing()).find(
      (file) =>
        file.fileSetId === this.#upload.fileSetId &&
        file.originalName === baseName(this.#file.relativePath) &&
        file.directoryPath.replace(/^\/+|\/+$/g, '') === directory &&
        file.status !== 'DELETED' &&
        !taken.has(file.id),
    )
    if (!found) sweepLater(this.#context, this.#upload, 'inside')
    const isThere = mount !== null && this.#file.proven
    this.#write(found ? { step: isThere ? 'sent' : 'open', fileId: found.id } : { step: 'planned' })
  }

  #directory(mount: string | null): string {
    return directoryOf(
      mount === null ? this.#file.relativePath : placeIn(mount, this.#upload, this.#file).place,
    )
  }

  /** Puts the bytes into a storage's folder on this machine, under another name where theirs is taken. */
  async #copyInto(mount: string): Promise<void> {
    const { fileSystem, storages } = this.#context
    const there = await fileSystem.stat(mount).catch(() => null)
    if (there?.kind !== 'folder')
      throw new AppError(
        'storage.refused',
        `${mount}, the folder of ${(await storages.get(this.#upload.storageId)).name}, is not there. Mount it.`,
        { retry: { when: 'later' } },
      )
    let { place, ticket } = placeIn(mount, this.#upload, this.#file)
    try {
      await this.#transfer(ticket, place)
    } catch (error) {
      if (findAppError(error)?.details['isTaken'] !== true) throw error
      ;({ place, ticket } = placeIn(mount, this.#upload, { ...this.#file, checkpoint: null }, true))
      await this.#transfer(ticket, place)
    }
  }

  async #send(): Promise<void> {
    const { session, signal } = this.#context
    const broker = session.api.files.broker(assetOf(this.#upload), fileIdOf(this.#file))
    await this.#transfer(this.#ticket ?? (await broker.refreshTicket(signal)))
  }

  /** @param place where the file goes in a storage's folder on this machine; absent for a storage that is reached otherwise */
  async #transfer(ticket: UploadTicket, place?: string): Promise<void> {
    const { session, clock, journal, id, progress, signal } = this.#context
    const file = this.#file
    const broker = session.api.files.broker(assetOf(this.#upload), file.fileId ?? '')
    let made: TransferCheckpoint | null = null
    const proof = await withWatchdog(clock, signal, file.path, (alive, watched) =>
      session.transfer.send({
        source: {
          path: file.path,
          sizeBytes: file.sizeBytes,
          mtimeMs: file.mtimeMs,
          inode: file.inode,
          contentType: contentType(file.path),
        },
        ticket,
        broker,
        checkpoint: file.checkpoint as TransferCheckpoint | null,
        hashes: ['xxh128'],
        saveCheckpoint: async (checkpoint) => {
          alive()
          if (place !== undefined) made = mountedCheckpoint(place, checkpoint)
          else this.#write({ checkpoint, sentBytes: progress.of(id, file.index) })
        },
        onProgress: (sentBytes) => {
          alive()
          progress.set(id, file.index, sentBytes)
        },
        onWait: alive,
        throttle: async (bytes, throttled, waits) => {
          const granted = await this.#context.throttle(bytes, throttled, () => {
            alive()
            waits()
          })
          alive()
          return granted
        },
        signal: watched,
      }),
    )
    progress.set(id, file.index, proof.sizeBytes)
    const changes = {
      // In a folder of ours the row is still to be made.
      ...(place === undefined ? { step: 'sent' as const } : {}),
      checkpoint: made,
      sentBytes: proof.sizeBytes,
      md5: proof.hashes.md5 ?? null,
      sha1: proof.hashes.sha1 ?? null,
      crc32c: proof.hashes.crc32c ?? null,
      xxh128: proof.hashes.xxh128 ?? null,
      proven: proof.proven,
      evidence: proof.evidence,
    }
    // Getting a file across is progress: earlier failures of this upload no longer count.
    journal.updateBoth(id, { attempts: 0, error: null, sentBytes: progress.total(id) }, file.index, changes)
    this.#file = { ...file, ...changes }
  }

  async #close(): Promise<void> {
    const { session, clock, signal } = this.#context
    const file = this.#file
    const closed = await session.api.files.closeFile(assetOf(this.#upload), fileIdOf(file), file.md5, signal)
    if (closed.status !== 'CLOSED')
      throw new AppError(
        'storage.mismatch',
        `iconik says that ${file.path} is ${closed.status} after it was closed.`,
      )
    if (closed.sizeBytes !== null && closed.sizeBytes !== file.sizeBytes)
      throw new AppError(
        'storage.mismatch',
        `iconik holds ${closed.sizeBytes} bytes of ${file.path}, which has ${file.sizeBytes}.`,
      )
    this.#end({ step: 'closed', closedMs: clock.nowMs() })
  }

  /** A file that one call brought: the source must still be what was read, and the storage must say that it holds it. */
  async #prove(): Promise<void> {
    const { session, signal, clock, id, progress } = this.#context
    const file = this.#file
    if (!this.#context.read) await this.#checkSource()
    const fileId = fileIdOf(file)
    const listed = await session.api.files.listFiles(assetOf(this.#upload), { signUrls: true }, signal)
    const stored = listed.find((made) => made.id === fileId)
    if (!stored || stored.status === 'DELETED') return this.#write({ step: 'planned', fileId: null })
    if (stored.status !== 'CLOSED' || (stored.sizeBytes ?? file.sizeBytes) !== file.sizeBytes)
      return this.#write({ step: 'open' })
    const broker = session.api.files.broker(assetOf(this.#upload), fileId)
    const url = stored.url ?? (await broker.readUrl(signal))
    if (url === null)
      throw new AppError('storage.mismatch', `iconik gives no address to read ${file.path} back.`)
    try {
      const { md5, sha1, crc32c, xxh128, sizeBytes } = file
      const hashes = Object.fromEntries(
        Object.entries({ md5, sha1, crc32c, xxh128 }).filter(([, sum]) => sum),
      )
      const { proven, evidence } = await session.transfer.proveStored(
        { url, renewUrl: (renewing) => broker.readUrl(renewing), sizeBytes, hashes },
        signal,
      )
      progress.set(id, file.index, sizeBytes)
      const closed = {
        step: 'closed' as const,
        proven,
        evidence,
        sentBytes: sizeBytes,
        closedMs: clock.nowMs(),
      }
      this.#end(closed)
    } catch (error) {
      if (findAppError(error)?.code !== 'storage.mismatch') throw error
      // It is sent again, step by step.
      this.#context.logger.warn('A file that went in one call is not what was sent.', { path: file.path })
      await session.api.files.deleteFile(assetOf(this.#upload), fileId, signal)
      this.#write({ step: 'planned', fileId: null })
    }
  }

  /** A source that is gone meanwhile changes nothing about what was read of it, whose sums are written down. */
  async #checkSource(): Promise<void> {
    const { path, sizeBytes, mtimeMs } = this.#file
    const now = await this.#context.fileSystem.stat(path).catch((error: unknown) => {
      if (findAppError(error)?.code === 'file.missing') return null
      throw error
    })
    if (now === null) return
    if (now.sizeBytes !== sizeBytes || now.mtimeMs !== mtimeMs)
      throw new AppError('file.changed', `${path} changed while it was being sent.`)
  }

  #end(changes: FileChanges): void {
    if (this.#siblings.length > 1) return this.#write(changes)
    this.#ends.push({ index: this.#file.index, changes })
    this.#file = { ...this.#file, ...changes }
  }

  #write(changes: FileChanges): void {
    this.#context.journal.updateFile(this.#context.id, this.#file.index, changes)
    this.#file = { ...this.#file, ...changes }
  }
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => (answer ??= ask())
}

function assetOf(upload: UploadRecord): AssetId {
  if (!upload.assetId) throw new AppError('bug', `The upload of ${upload.title} has no asset yet.`)
  return upload.assetId
}

function fileIdOf(file: UploadFileRecord): string {
  if (!file.fileId) throw new AppError('bug', `The file ${file.path} has no row in iconik yet.`)
  return file.fileId
}

function baseName(relativePath: string): string {
  return relativePath.slice(relativePath.lastIndexOf('/') + 1)
}

function directoryOf(relativePath: string): string {
  const slash = relativePath.lastIndexOf('/')
  return slash < 0 ? '' : relativePath.slice(0, slash)
}
