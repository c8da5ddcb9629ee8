import type { AssetId } from '@contract/ids.ts'
import { LRUCache } from 'lru-cache'
import { type Fields, listIn, textIn } from '../../core/library/document-fields.ts'
import type { MediaAddress } from '../../core/media-address.ts'
import type { OpenSession } from '../../ports/account-session.ts'

/** Addresses of an asset's pictures and proxies, signed by the server for a while. */
interface SignedMedia {
  keyframes: readonly Fields[]
  proxies: readonly Fields[]
}

/** Questions that come within this time are asked at once: a screen of thumbnails costs one call. */
const GATHER_MS = 15
const MOST_AT_ONCE = 100
/** Signed addresses live at least some minutes; so short a memory never holds a dead one for long. */
const REMEMBERED_MS = 120_000

/** Asks the server for signed addresses, many assets in one call. */
export class SignedMediaLookup {
  readonly #session: OpenSession
  readonly #known = new LRUCache<string, Promise<SignedMedia | null>>({ max: 5000, ttl: REMEMBERED_MS })
  #gathering: { ids: Set<string>; answer: Promise<Map<string, SignedMedia>> } | null = null

  constructor(session: OpenSession) {
    this.#session = session
  }

  /** The address of what is asked for; null when there is none. @throws AppError */
  async find(address: MediaAddress, isFresh: boolean): Promise<string | null> {
    const { assetId } = address
    if (isFresh) this.#known.delete(assetId)
    let asked = this.#known.get(assetId)
    if (!asked) {
      asked = this.#ask(assetId)
      this.#known.set(assetId, asked)
      asked.catch(() => this.#known.delete(assetId))
    }
    const media = await asked
    return (media && chosen(address, media)) ?? this.#findSlowly(address)
  }

  async #ask(assetId: string): Promise<SignedMedia | null> {
    if (!this.#gathering || this.#gathering.ids.size >= MOST_AT_ONCE) {
      const ids = new Set<string>()
      this.#gathering = { ids, answer: this.#askAll(ids) }
    }
    const { ids, answer } = this.#gathering
    ids.add(assetId)
    return (await answer).get(assetId) ?? null
  }

  async #askAll(ids: Set<string>): Promise<Map<string, SignedMedia>> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
    if (this.#gathering?.ids === ids) this.#gathering = null
    const { rows } = await this.#session.api.inLane('person').search.assets({
      terms: [{ name: 'id', valueIn: [...ids] }],
      perPage: MOST_AT_ONCE,
      signUrls: true,
    })
    return new Map(
      rows.map(({ id, raw }) => [
        id,
        { keyframes: listIn(raw['keyframes']), proxies: listIn(raw['proxies']) },
      ]),
    )
  }

  /** For what the search index does not show (yet): the lists of the asset itself. */
  async #findSlowly(address: MediaAddress): Promise<string | null> {
    const { files } = this.#session.api.inLane('person')
    const id = address.assetId as AssetId
    const wantsProxy = address.kind === 'proxy' || address.kind === 'image'
    const media: SignedMedia = {
      keyframes:
        address.kind === 'proxy'
          ? []
          : (await files.listKeyframes(id)).map(({ raw, url }) => ({ ...raw, url })),
      proxies: wantsProxy ? ((await files.listProxies(id)) as unknown as Fields[]) : [],
    }
    return chosen(address, media)
  }
}

function chosen({ kind, version }: MediaAddress, { keyframes, proxies }: SignedMedia): string | null {
  const closed = (rows: readonly Fields[]) =>
    rows.filter((row) => row['status'] === 'CLOSED' && textIn(row['url']))
  const named = (rows: readonly Fields[]) => rows.find((row) => version !== null && row['id'] === version)
  const pictures = closed(keyframes)
  const ofType = (type: string) => pictures.find((row) => row['type'] === type)
  const proxy = named(closed(proxies)) ?? closed(proxies)[0]
  const poster = named(pictures) ?? ofType('POSTER') ?? ofType('KEYFRAME')
  const found = {
    poster,
    keyframes: named(pictures) ?? ofType('KEYFRAME_MAP'),
    proxy,
    // Of an image the proxy is the large picture.
    image: proxy ?? poster,
  }[kind]
  return textIn(found?.['url'])
}
