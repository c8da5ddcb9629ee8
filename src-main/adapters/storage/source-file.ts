import { lstat, open, type FileHandle } from 'node:fs/promises'
import { sameInode } from '../../core/clip.ts'
import { AppError } from '../../core/errors.ts'
import { errorFromSource } from '../../core/network-errors.ts'
import type { TransferRequest } from '../../ports/storage-transfer.ts'

type Expected = TransferRequest['source']

/**
 * The file that is being sent, open for reading. It must be what was planned when it is opened, and still be when the
 * last byte was read.
 */
export class SourceFile {
  readonly path: string
  readonly sizeBytes: number
  readonly #handle: FileHandle
  readonly #expected: Expected

  private constructor(handle: FileHandle, expected: Expected) {
    this.#handle = handle
    this.#expected = expected
    this.path = expected.path
    this.sizeBytes = expected.sizeBytes
  }

  /** @throws AppError file.missing, file.unreadable, file.changed */
  static async open(expected: Expected): Promise<SourceFile> {
    let handle: FileHandle
    try {
      handle = await open(expected.path, 'r')
    } catch (error) {
      throw errorFromSource(error, expected.path)
    }
    const source = new SourceFile(handle, expected)
    try {
      source.#compare(await handle.stat({ bigint: true }))
      return source
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** Reads exactly `into.length` bytes. @throws AppError file.changed when the file is shorter */
  async read(into: Uint8Array, offset: number): Promise<void> {
    let at = 0
    while (at < into.length) {
      let bytesRead: number
      try {
        ;({ bytesRead } = await this.#handle.read(into, at, into.length - at, offset + at))
      } catch (error) {
        throw errorFromSource(error, this.path)
      }
      if (bytesRead === 0) throw changed(this.path, 'it became shorter')
      at += bytesRead
    }
  }

  /** Looks at the path anew, so that a file replaced by another of the same name is noticed too. */
  async checkUnchanged(): Promise<void> {
    try {
      this.#compare(await lstat(this.path, { bigint: true }))
    } catch (error) {
      throw errorFromSource(error, this.path)
    }
  }

  #compare(now: { size: bigint; mtimeNs: bigint; dev: bigint; ino: bigint }): void {
    const { sizeBytes, mtimeMs, inode, path } = this.#expected
    if (Number(now.size) !== sizeBytes) throw changed(path, 'its size is another')
    // Whoever scanned may have kept whole milliseconds only.
    if (Math.abs(Number(now.mtimeNs) / 1e6 - mtimeMs) >= 1) throw changed(path, 'it was written to')
    if (!sameInode(inode, String(now.ino))) throw changed(path, 'it was replaced')
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

const changed = (path: string, how: string) =>
  new AppError('file.changed', `${path} changed while it was being sent: ${how}.`, { details: { path } })
