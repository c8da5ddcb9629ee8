import { LRUCache } from 'lru-cache'
import { parseByteRange, type ByteRange } from '../../core/byte-range.ts'
import type { AccountId } from '@contract/ids.ts'
import { AppError } from '../../core/errors.ts'
import type { MediaAddress } from '../../core/media-address.ts'
import type { AccountSession, OpenSession } from '../../ports/account-session.ts'
import type { MediaAnswer, MediaSource } from '../../ports/media-source.ts'
import type { Network } from '../../ports/network.ts'
import { type CacheKey, type CachedBytes, DiskCache } from './disk-cache.ts'
import { type FetchedMedia, fetchMedia } from './fetch-media.ts'
import { SignedMediaLookup } from './signed-media.ts'
import { type Wish, Wishes } from './wishes.ts'

/** Proxies are fetched and kept in pieces of this size, so that seeking reads only what is played. */
const BLOCK_BYTES = 1024 * 1024
const AT_ONCE = 8
/** The grid of a 4K screen shows some 350 small cards; what is older was scrolled past, and is asked for again when it comes into sight. */
const MOST_WAITING = 400
/** From when its turn has come: what waits behind slow ones has not failed. */
const FETCH_TIMEOUT_MS = 30_000
/** Pictures kept in memory: about the cards of a few screens. */
const MEMORY_BYTES = 48 * 1024 * 1024

export interface MediaSourceOptions {
  session: AccountSession
  network: Network
  /** Where pictures and pieces of proxies are kept. */
  folder: string
  limitBytes: () => number
}

/**
 * Pictures and proxies of the current account, kept on disk. What was seen once is shown again without a server, also
 * while nobody is signed in.
 */
export class CachedMediaSource implements MediaSource {
  readonly #options: MediaSourceOptions
  readonly #disk: DiskCache
  readonly #memory = new LRUCache<string, CachedBytes>({
    maxSize: MEMORY_BYTES,
    sizeCalculation: ({ bytes }) => bytes.length + 200,
  })
  readonly #wishes = new Wishes<CachedBytes | null>({ atOnce: AT_ONCE, mostWaiting: MOST_WAITING })
  readonly #lookups = new WeakMap<OpenSession, SignedMediaLookup>()

  constructor(options: MediaSourceOptions) {
    this.#options = options
    this.#disk = new DiskCache(options.folder, options.limitBytes)
  }

  /** To be called when the limit of the cache was lowered. */
  evict(): Promise<void> {
    return this.#disk.evict()
  }

  /** Removes what is kept of an account that signed out, on disk and in memory. */
  async forget(accountId: AccountId): Promise<void> {
    const isOfAccount = (id: string) => id.startsWith(`${accountId}/`)
    // What is being fetched would be written afterwards.
    await this.#wishes.ended(isOfAccount)
    for (const id of Array.from(this.#memory.keys())) if (isOfAccount(id)) this.#memory.delete(id)
    await this.#disk.forget(accountId)
  }

  async open(address: MediaAddress, range: string | null, signal: AbortSignal): Promise<MediaAnswer> {
    signal.throwIfAborted()
    return address.kind === 'proxy'
      ? this.#openProxy(address, range, signal)
      : this.#openPicture(address, range, signal)
  }

  async #openPicture(address: MediaAddress, range: string | null, signal: AbortSignal): Promise<MediaAnswer> {
    const picture = await this.#get(this.#keyOf(address), signal, (wish) => this.#fetch(address, null, wish))
    if (!picture) return notFound
    const wanted = parseByteRange(range, picture.bytes.length)
    if (wanted === 'unsatisfiable') return unsatisfiable(picture.bytes.length)
    const headers = {
      'content-type': picture.contentType,
      'accept-ranges': 'bytes',
      // The address changes with the picture.
      'cache-control': address.version === null ? 'no-cache' : 'private, max-age=31536000, immutable',
    }
    if (!wanted)
      return {
        status: 200,
        headers: { ...headers, 'content-length': String(picture.bytes.length) },
        body: picture.bytes,
      }
    const part = picture.bytes.subarray(wanted.first, wanted.last + 1)
    return { status: 206, headers: { ...headers, ...rangeHeaders(wanted, picture.bytes.length) }, body: part }
  }

  async #openProxy(address: MediaAddress, range: string | null, signal: AbortSignal): Promise<MediaAnswer> {
    const head = await this.#block(address, 0, signal)
    if (!head) return notFound
    const { totalBytes, contentType } = head
    const wanted = parseByteRange(range, totalBytes)
    if (wanted === 'unsatisfiable') return unsatisfiable(totalBytes)
    const part = wanted ?? { first: 0, last: totalBytes - 1 }
    return {
      status: wanted ? 206 : 200,
      headers: {
        'content-type': contentType,
        'accept-ranges': 'bytes',
        'cache-control': 'no-cache',
        ...(wanted ? rangeHeaders(part, totalBytes) : { 'content-length': String(totalBytes) }),
      },
      body: this.#stream(address, part),
    }
  }

  /** Bytes of a proxy, piece by piece as the reader takes them. */
  #stream(address: MediaAddress, { first, last }: ByteRange): ReadableStream<Uint8Array> {
    let at = first
    const left = new AbortController()
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const index = Math.floor(at / BLOCK_BYTES)
          const block = await this.#block(address, index, left.signal)
          const start = at - index * BLOCK_BYTES
          const bytes = block?.bytes.subarray(start, last + 1 - index * BLOCK_BYTES)
          if (!bytes || bytes.length === 0) {
            controller.error(new AppError('storage.refused', 'The proxy is not there any more.'))
            return
          }
          controller.enqueue(new Uint8Array(bytes))
          at += bytes.length
          if (at > last) controller.close()
        },
        cancel: () => left.abort(),
      },
      { highWaterMark: 1 },
    )
  }

  #block(address: MediaAddress, index: number, signal: AbortSignal): Promise<CachedBytes | null> {
    const first = index * BLOCK_BYTES
    const key = this.#keyOf(address)
    return this.#get({ ...key, name: `${key.name}#${index}` }, signal, async (wish) => {
      const block = await this.#fetch(address, { first, last: first + BLOCK_BYTES - 1 }, wish)
      // A storage that knows no ranges sends the whole: it is cut here.
      if (block?.status === 200)
        return {
          ...block,
          totalBytes: block.bytes.length,
          bytes: block.bytes.subarray(first, first + BLOCK_BYTES),
        }
      return block
    })
  }

  /** From memory, disk or the server; two who ask for the same at a time share one fetch. */
  async #get(
    key: CacheKey,
    signal: AbortSignal,
    fetchIt: (wish: Wish) => Promise<CachedBytes | null>,
  ): Promise<CachedBytes | null> {
    const id = `${key.group}/${key.name}`
    return (
      this.#memory.get(id) ??
      this.#wishes.make(id, signal, (wish) => this.#read(id, key, () => fetchIt(wish)))
    )
  }

  async #read(
    id: string,
    key: CacheKey,
    fetchIt: () => Promise<CachedBytes | null>,
  ): Promise<CachedBytes | null> {
    const kept = await this.#disk.get(key)
    if (kept) {
      this.#memory.set(id, kept)
      return kept
    }
    const fetched = await fetchIt()
    if (!fetched) return null
    const { contentType, bytes, totalBytes } = fetched
    const value = { contentType, bytes, totalBytes }
    this.#memory.set(id, value)
    await this.#disk.put(key, value)
    return value
  }

  /** @returns null when there is no such picture. @throws AppError network.*, auth.required, storage.refused */
  async #fetch(address: MediaAddress, range: ByteRange | null, wish: Wish): Promise<FetchedMedia | null> {
    wish.signal.throwIfAborted()
    const session = this.#options.session.require()
    const lookup = this.#lookupOf(session)
    for (const isFresh of [false, true]) {
      const url = await lookup.find(address, isFresh)
      if (url === null) return null
      const answer = await wish.inTurn(
        (signal) => fetchMedia(this.#options.network, url, range, signal),
        FETCH_TIMEOUT_MS,
      )
      if (answer.status === 200 || answer.status === 206) return answer
      // Signed addresses expire: one more try with a new one.
    }
    throw new AppError('storage.refused', 'The storage does not hand out this picture.')
  }

  #lookupOf(session: OpenSession): SignedMediaLookup {
    let lookup = this.#lookups.get(session)
    if (!lookup) this.#lookups.set(session, (lookup = new SignedMediaLookup(session)))
    return lookup
  }

  #keyOf({ kind, assetId, version }: MediaAddress): CacheKey {
    return {
      group: this.#options.session.accountId() ?? '',
      name: [kind, assetId, version ?? ''].join('/'),
    }
  }
}

const notFound: MediaAnswer = { status: 404, headers: {}, body: null }

const unsatisfiable = (totalBytes: number): MediaAnswer => ({
  status: 416,
  headers: { 'content-range': `bytes */${totalBytes}` },
  body: null,
})

const rangeHeaders = ({ first, last }: ByteRange, totalBytes: number) => ({
  'content-range': `bytes ${first}-${last}/${totalBytes}`,
  'content-length': String(last - first + 1),
})
