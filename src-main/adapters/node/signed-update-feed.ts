import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto'
import { createReadStream } from 'node:fs'
import fs from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { request } from 'undici'
import { AppError, findAppError } from '../../core/errors.ts'
import { isLoopbackHost } from '../../core/loopback.ts'
import { errorFromConnection } from '../../core/network-errors.ts'
import type { FileDownload } from '../../ports/file-download.ts'
import type { Network } from '../../ports/network.ts'
import type { UpdateFeed } from '../../ports/update-feed.ts'

/** Where a build looks for newer ones; both were set when it was made. */
export interface FeedOptions {
  /** https address of the manifest; its signature is beside it, with `.sig` at the end. http on this machine only. */
  url: string
  /** Ed25519 public key, as base64 of its SPKI form. */
  publicKey: string
}

const LONGEST_ANSWER_BYTES = 64 * 1024
const refused = (message: string, cause?: unknown) => new AppError('update.refused', message, { cause })

/**
 * A feed whose manifest is signed with a key that only the makers have. Whatever is missing, too long, or does not fit the
 * signature is refused; a redirect is not followed.
 *
 * @param folder where packages are put
 */
export function createSignedUpdateFeed(
  deps: { network: Network; download: FileDownload; folder: string },
  { url, publicKey }: FeedOptions,
): UpdateFeed {
  async function read(address: string, signal: AbortSignal): Promise<Buffer> {
    const target = URL.parse(address)
    const isSafe =
      target?.protocol === 'https:' || (target?.protocol === 'http:' && isLoopbackHost(target.hostname))
    if (!isSafe) throw refused('The address of the list of updates is not https.')
    try {
      const answer = await request(address, {
        dispatcher: await deps.network.dispatcherFor(address),
        headers: { 'cache-control': 'no-cache' },
        signal,
      })
      if (answer.statusCode !== 200) {
        await answer.body.dump()
        throw new AppError('api.failed', `${target.host} answered ${answer.statusCode}.`)
      }
      const chunks: Buffer[] = []
      let sizeBytes = 0
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        sizeBytes += chunk.length
        if (sizeBytes > LONGEST_ANSWER_BYTES) throw refused('The list of updates is longer than it can be.')
        chunks.push(chunk)
      }
      return Buffer.concat(chunks)
    } catch (error) {
      if (signal.aborted) throw new AppError('cancelled', 'Cancelled.', { cause: error })
      throw findAppError(error) ?? errorFromConnection(error, target.host)
    }
  }

  return {
    async manifest(signal) {
      const key = keyOf(publicKey)
      const manifest = await read(url, signal)
      const signature = await read(`${url}.sig`, signal).catch((error: unknown) => {
        if (findAppError(error)?.code === 'api.failed')
          throw refused('The list of updates is not signed.', error)
        throw error
      })
      if (!verify(null, manifest, key, Buffer.from(signature.toString('latin1').trim(), 'base64')))
        throw refused('The list of updates was not signed by the makers of Ferry, or was changed afterwards.')
      return manifest.toString('utf8')
    },

    async fetch(file, onProgress, signal) {
      const tooMuch = new AbortController()
      try {
        const arrived = await deps.download.fetch({
          url: new URL(file.url, url).href,
          folder: deps.folder,
          fileName: file.name,
          onProgress: (doneBytes) => {
            onProgress(doneBytes)
            if (doneBytes > file.sizeBytes) tooMuch.abort()
          },
          check: ({ sizeBytes }) => {
            if (sizeBytes !== file.sizeBytes) throw refused(`${file.name} has another size than announced.`)
          },
          signal: AbortSignal.any([signal, tooMuch.signal]),
        })
        if ((await sha512Of(arrived.path)) === file.sha512) return arrived.path
        await fs.rm(arrived.path, { force: true })
        throw refused(`${file.name} is not the file that was announced.`)
      } catch (error) {
        if (tooMuch.signal.aborted) throw refused(`${file.name} is larger than announced.`, error)
        throw error
      }
    },

    isIntact: async (file, path) => (await sha512Of(path).catch(() => '')) === file.sha512,
  }
}

function keyOf(publicKey: string): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below.
  }
  throw refused('This build has no usable key to check updates with.')
}

async function sha512Of(file: string): Promise<string> {
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
