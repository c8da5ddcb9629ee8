import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { request } from 'undici'
import { AppError, findAppError } from '../../core/errors.ts'
import { meansNoLinks } from '../../core/hard-links.ts'
import { isLoopbackHost } from '../../core/loopback.ts'
import { errorFromConnection } from '../../core/network-errors.ts'
import type { FileDownload } from '../../ports/file-download.ts'
import type { Network } from '../../ports/network.ts'

/** Downloads over HTTP. No header of iconik goes along, and redirects are not followed. */
export function createHttpFileDownload(network: Network): FileDownload {
  return {
    async fetch({ url, folder, fileName, modifiedMs, mostBytes = Infinity, onProgress, check, signal }) {
      const address = URL.parse(url)
      const isSafe =
        address?.protocol === 'https:' || (address?.protocol === 'http:' && isLoopbackHost(address.hostname))
      if (!isSafe) throw new AppError('storage.refused', `The address of ${fileName} is not https.`)
      const part = path.join(folder, `.${randomUUID()}.part`)
      try {
        await fs.mkdir(folder, { recursive: true })
        const arrived = await load(network, url, { part, mostBytes }, onProgress, signal)
        check(arrived)
        if (modifiedMs !== undefined) await fs.utimes(part, modifiedMs / 1000, modifiedMs / 1000)
        return { ...arrived, path: await place(part, folder, fileName) }
      } catch (error) {
        await fs.rm(part, { force: true })
        if (signal.aborted) throw new AppError('cancelled', 'Cancelled.', { cause: error })
        throw findAppError(error) ?? asFailure(error, address.host, folder)
      }
    },
  }
}

async function load(
  network: Network,
  url: string,
  { part, mostBytes }: { part: string; mostBytes: number },
  onProgress: (doneBytes: number, totalBytes: number | null) => void,
  signal: AbortSignal,
): Promise<{ sizeBytes: number; md5: string }> {
  const answer = await request(url, { dispatcher: await network.dispatcherFor(url), signal })
  if (answer.statusCode !== 200) {
    await answer.body.dump()
    throw new AppError('storage.refused', `The storage answered ${answer.statusCode}.`, {
      details: { status: answer.statusCode },
      retry: { when: 'later' },
    })
  }
  const length = answer.headers['content-length']
  const announced = typeof length === 'string' ? Number(length) : null
  const md5 = createHash('md5')
  let sizeBytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      md5.update(chunk)
      sizeBytes += chunk.length
      if (sizeBytes > mostBytes) {
        done(new AppError('storage.mismatch', `More than the ${mostBytes} bytes came that it has.`))
        return
      }
      onProgress(sizeBytes, announced)
      done(null, chunk)
    },
  })
  // flush: the bytes are on the disk before the name says that the file is whole.
  await pipeline(answer.body, counted, createWriteStream(part, { flags: 'wx', flush: true }), { signal })
  if (announced !== null && announced !== sizeBytes)
    throw new AppError('storage.mismatch', `${sizeBytes} of ${announced} bytes came.`)
  return { sizeBytes, md5: md5.digest('hex') }
}

/** A hard link fails where the name is taken, at the same moment; where there are no links a look has to do. */
async function place(part: string, folder: string, fileName: string): Promise<string> {
  const { name, ext } = path.parse(fileName)
  for (let number = 1; ; number += 1) {
    const target = path.join(folder, number === 1 ? fileName : `${name} (${number})${ext}`)
    try {
      await fs.link(part, target)
      await fs.rm(part)
      return target
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
      if (!meansNoLinks(error)) throw error
      if (await isThere(target)) continue
      await fs.rename(part, target)
      return target
    }
  }
}

const isThere = (file: string) =>
  fs.lstat(file).then(
    () => true,
    () => false,
  )

function asFailure(error: unknown, host: string, folder: string): AppError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC')
    return new AppError('storage.full', `There is no room left in ${folder}.`, { cause: error })
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR')
    return new AppError('file.unreadable', `${folder} cannot be written to.`, {
      cause: error,
      details: { reason: code },
    })
  return errorFromConnection(error, host)
}
