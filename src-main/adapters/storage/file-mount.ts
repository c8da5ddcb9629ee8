import { link, lstat, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../core/errors.ts'
import { meansNoLinks } from '../../core/hard-links.ts'
import type { HashStream } from '../../ports/hash-streams.ts'
import type { TransferProof, TransferRequest } from '../../ports/storage-transfer.ts'
import { bodyOfRange } from './send-body.ts'
import type { SourceFile } from './source-file.ts'
import { TransferProgress, type TransferContext } from './transfer-context.ts'
import { hashNames } from './whole-body.ts'

const BLOCK_BYTES = 1024 * 1024

/**
 * A FILE storage whose folder is mounted here: the bytes are written beside their place under another name, flushed to the
 * disk, given their name, and read back. A watcher on that folder never sees a half-written file under its own name, and no file
 * that is there is written over: the same bytes are taken for what they are, others are refused with `isTaken` in the details.
 * @param target absolute path that the file gets
 * @throws AppError storage.full, storage.refused, storage.mismatch
 */
export async function copyIntoMount(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
  target: string,
): Promise<TransferProof> {
  const temporary = temporaryName(target)
  const sum = context.hashStreams.open(hashNames(request))
  try {
    await mkdir(path.dirname(target), { recursive: true })
    await writeThrough(context, request, source, sum, temporary)
    const hashes = await sum.digest()
    await source.checkUnchanged()
    const isMade = await publish(temporary, target)
    await flushFolder(path.dirname(target))
    const stored = await readBack(context, target, request.signal)
    const isSame = stored.sizeBytes === source.sizeBytes && stored.xxh128 === hashes.xxh128
    if (!isSame && !isMade)
      throw new AppError('storage.refused', `${target} is there already, with other bytes.`, {
        retry: { when: 'never' },
        details: { isTaken: true },
      })
    if (!isSame) throw new AppError('storage.mismatch', `${target} read back differs from ${source.path}.`)
    // Only what was made here may be removed again when the upload is cancelled.
    await request.saveCheckpoint({ method: 'FILE', isMade })
    return {
      proven: true,
      evidence: 'read back, and the same',
      sizeBytes: source.sizeBytes,
      hashes,
    }
  } catch (error) {
    await rm(temporary, { force: true })
    throw asStorageError(error, target)
  } finally {
    sum.close()
  }
}

/** Gives a written file its name. @returns false when the name is taken; the file is gone then */
async function publish(temporary: string, target: string): Promise<boolean> {
  try {
    // A link, since a rename would replace what another one has put there in the same moment.
    await link(temporary, target)
    await rm(temporary)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      await rm(temporary)
      return false
    }
    if (!meansNoLinks(error)) throw error
  }
  // The file system knows no links (exFAT, some shares).
  const isTaken = await lstat(target).then(
    () => true,
    () => false,
  )
  if (isTaken) await rm(temporary)
  else await rename(temporary, target)
  return !isTaken
}

/** Removes what a copy left: the unfinished one, and the file under its own name where this copy made it. */
export async function removeFromMount(target: string, isMade: boolean): Promise<void> {
  await rm(temporaryName(target), { force: true })
  if (isMade) await rm(target, { force: true })
}

const temporaryName = (target: string) =>
  path.join(path.dirname(target), `.${path.basename(target).slice(0, 200)}.ferry.part`)

async function writeThrough(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
  sum: HashStream,
  temporary: string,
): Promise<void> {
  const progress = new TransferProgress(request)
  const range = { offset: 0, endOffset: source.sizeBytes }
  const body = bodyOfRange(context, source, range, sum, request, (bytes) => progress.moved(1, bytes))
  if (!('stream' in body)) return
  const handle = await open(temporary, 'w')
  try {
    for await (const bytes of body.stream(() => {})) {
      request.signal.throwIfAborted()
      await writeAll(handle, bytes)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten
}

async function readBack(context: TransferContext, file: string, signal: AbortSignal) {
  const handle = await open(file, 'r')
  const sum = context.hashStreams.open(['xxh128'])
  const block = context.hashStreams.allocate(BLOCK_BYTES)
  try {
    let sizeBytes = 0
    for (;;) {
      signal.throwIfAborted()
      const { bytesRead } = await handle.read(block, 0, BLOCK_BYTES, sizeBytes)
      if (bytesRead === 0) break
      sizeBytes += bytesRead
      await sum.update(block.subarray(0, bytesRead))
    }
    return { sizeBytes, xxh128: (await sum.digest()).xxh128 }
  } finally {
    sum.close()
    await handle.close()
  }
}

/** A rename is durable when its folder is flushed too; some systems cannot flush folders. */
async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    // Windows: opening a folder is refused there, and renames are journalled.
  }
}

function asStorageError(error: unknown, target: string): unknown {
  const code = (error as { code?: unknown }).code
  if (error instanceof AppError || typeof code !== 'string') return error
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('storage.full', `There is no room for ${target}.`, { cause: error })
  return new AppError('storage.refused', `${target} cannot be written (${code}).`, {
    cause: error,
    retry: { when: 'later' },
  })
}
