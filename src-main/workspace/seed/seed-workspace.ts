import sharp from 'sharp'
import { seededRandom } from '../http/faults.ts'
import { newId } from '../ids.ts'
import { openCore } from '../workspace.ts'
import { BulkIndex } from '../search/bulk-index.ts'
import { entryOfAsset } from '../search/index-source.ts'
import { Readable } from 'node:stream'
import type { Core } from '../core.ts'
import type { Asset, MetadataValues } from '../store/tables.ts'
import { jobRow } from '../jobs/job-runner.ts'
import { Plausible } from './plausible.ts'

export interface SeedOptions {
  dataDir: string
  /** How many assets to add. */
  assets: number
  /** The same number gives the same titles and values again. Default 1. */
  seed?: number
  onProgress?: (done: number, total: number) => void
}

const posterCount = 200
const batchSize = 4096

/** Adds plausible assets with collections, metadata, jobs and posters to a data folder that no service has open. */
export async function seedWorkspace(
  options: SeedOptions,
): Promise<{ assets: number; collections: number; jobs: number }> {
  const { core } = openCore({ dataDir: options.dataDir, previews: false })
  try {
    // Losing power while seeding loses a seeded folder only; speed matters more here.
    core.db.sql.exec(
      'PRAGMA synchronous = OFF; PRAGMA cache_size = -131072; PRAGMA wal_autocheckpoint = 20000',
    )
    const posters = await makePosters(core, Math.min(posterCount, Math.max(8, options.assets)))
    return await new Seeder(core, options, posters).run()
  } finally {
    core.search.stop()
    core.db.close()
  }
}

interface Poster {
  key: string
  sizeBytes: number
}

/** A pool of small pictures that assets share. */
async function makePosters(core: Core, count: number): Promise<Poster[]> {
  const storage = core.tables.storages.first({ where: { purpose: 'KEYFRAMES' } })
  if (!storage) throw new Error('The workspace has no storage for keyframes')
  const posters: Poster[] = []
  for (let at = 0; at < count; at += 1) {
    const key = `shared/posters/${at}.jpg`
    const known = core.bytes.get(storage.id, key)
    if (known) {
      posters.push({ key, sizeBytes: known.sizeBytes })
      continue
    }
    const bytes = await sharp(Buffer.from(picture(at)))
      .jpeg({ quality: 70 })
      .toBuffer()
    const received = await core.bytes.receive(Readable.from([bytes]), ['md5'])
    core.bytes.put({
      storageId: storage.id,
      key,
      segments: [received.segment],
      contentType: 'image/jpeg',
      sums: received.sums,
      etag: received.sums.md5 ?? key,
    })
    posters.push({ key, sizeBytes: bytes.length })
  }
  return posters
}

/** A landscape at some hour of the day, far hills paler than near ones, so that a wall of thumbnails does not look alike. */
function picture(at: number): string {
  const hue = [28, 205, 345, 218, 255, 42, 192][at % 7] ?? 28
  const horizon = 96 + ((at * 31) % 30)
  const colour = (saturation: number, lightness: number, turn = 0) =>
    `hsl(${(hue + turn + 360) % 360},${saturation}%,${lightness}%)`
  const hills = (top: number, shift: number) =>
    `M0 ${top} Q${60 + shift} ${top - 34} ${130 + shift} ${top - 4} T${230 + shift} ${top - 16} T340 ${top} V180 H0 Z`
  const night = at % 5 === 0 ? 14 : 0
  return `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"><defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${colour(34, 40 - night)}"/><stop offset="1" stop-color="${colour(52, 78 - 2 * night, 18)}"/></linearGradient></defs><rect width="320" height="180" fill="url(#g)"/><circle cx="${40 + ((at * 53) % 240)}" cy="${horizon - 38}" r="${9 + (at % 6)}" fill="#fff6e0" opacity="0.9"/><path d="${hills(horizon, (at * 17) % 50)}" fill="${colour(26, 44 - night, 8)}"/><path d="${hills(horizon + 24, (at * 29) % 40)}" fill="${colour(28, 28 - night / 2)}"/><path d="${hills(horizon + 48, (at * 11) % 60)}" fill="${colour(30, 14)}"/></svg>`
}

class Seeder {
  readonly #core: Core
  readonly #options: SeedOptions
  readonly #posters: Poster[]
  readonly #plausible: Plausible
  readonly #collections: { id: string; ancestors: string[] }[] = []
  #jobs = 0

  constructor(core: Core, options: SeedOptions, posters: Poster[]) {
    this.#core = core
    this.#options = options
    this.#posters = posters
    this.#plausible = new Plausible(seededRandom(options.seed ?? 1))
  }

  async run(): Promise<{ assets: number; collections: number; jobs: number }> {
    const { assets: total, onProgress } = this.#options
    this.#core.db.transaction(() => this.#makeCollections())
    // What is queued is indexed first: from here on the document numbers belong to the bulk index.
    this.#core.search.flush()
    this.#core.search.stop()
    const index = new BulkIndex(this.#core.db, this.#core.search.postings)
    for (let done = 0; done < total; done += batchSize) {
      const end = Math.min(done + batchSize, total)
      this.#core.db.transaction(() => {
        for (let at = done; at < end; at += 1) this.#makeAsset(at, index)
        index.finish()
      })
      this.#core.db.commit()
      onProgress?.(end, total)
      await new Promise<void>((resume) => setImmediate(resume))
    }
    return { assets: total, collections: this.#collections.length, jobs: this.#jobs }
  }

  /** Projects with shooting days below them. */
  #makeCollections(): void {
    const wanted = Math.max(4, Math.min(2000, Math.ceil(this.#options.assets / 200)))
    while (this.#collections.length < wanted) {
      const project = this.#makeCollection(this.#plausible.project(), undefined)
      for (let day = 1; day <= 8 && this.#collections.length < wanted; day += 1)
        this.#makeCollection(`Day ${String(day).padStart(2, '0')}`, project)
    }
  }

  #makeCollection(title: string, parent: { id: string; ancestors: string[] } | undefined) {
    const { tables, contents, search, accounts } = this.#core
    const row = tables.collections.insert({
      title,
      category: null,
      custom_keyframe: null,
      custom_poster: null,
      custom_order_status: 'DISABLED',
      keyframe_asset_ids: [],
      keyframes: [],
      date_deleted: null,
      deleted_by_user: null,
      status: 'ACTIVE',
      external_id: null,
      storage_id: null,
      parent_id: parent?.id ?? null,
      is_root: parent === undefined,
      created_by_user: accounts.identity.adminId,
    } as never)
    if (parent) contents.add(parent.id, 'collections', row.id)
    search.touch('collections', row.id)
    const made = { id: row.id, ancestors: parent ? [parent.id, ...parent.ancestors] : [] }
    this.#collections.push(made)
    return made
  }

  #makeAsset(at: number, index: BulkIndex): void {
    const { tables, accounts } = this.#core
    const userId = accounts.identity.adminId
    const clip = this.#plausible.clip(at)
    const versionId = newId()
    const asset: Asset = {
      id: newId(),
      analyze_status: 'N/A',
      archive_status: clip.archived ? 'ARCHIVED' : 'NOT_ARCHIVED',
      category: null,
      custom_keyframe: null,
      custom_poster: null,
      date_deleted: null,
      date_imported: clip.date,
      deleted_by_user: null,
      external_link: null,
      face_recognition_status: 'N/A',
      has_unconfirmed_persons: false,
      is_blocked: false,
      site_name: null,
      type: 'ASSET',
      status: 'ACTIVE',
      warning: null,
      title: clip.title,
      external_id: null,
      is_online: true,
      date_created: clip.date,
      date_modified: clip.date,
      created_by_user: userId,
      updated_by_user: userId,
      versions: [
        {
          id: versionId,
          version_number: 1,
          status: 'ACTIVE',
          analyze_status: 'N/A',
          archive_status: 'NOT_ARCHIVED',
          transcribe_status: 'N/A',
          is_online: true,
          created_by_user: userId,
          date_created: clip.date,
        },
      ],
      _media_type: clip.mediaType,
      ...(clip.durationMs !== null && { _duration_ms: clip.durationMs }),
    }
    tables.assets.insert(asset)
    const values: MetadataValues['values'] = Object.fromEntries(
      Object.entries(clip.values).map(([name, list]) => [
        name,
        { field_values: list.map((value) => ({ value })), date_created: clip.date },
      ]),
    )
    tables.values.insert({
      id: `assets/${asset.id}`,
      object_type: 'assets',
      object_id: asset.id,
      values,
      date_created: clip.date,
      date_modified: clip.date,
    })
    const collection = this.#collections[Math.floor(at / 200) % this.#collections.length]
    if (collection)
      this.#core.db.run(
        "INSERT INTO contents (collection_id, object_id, object_type, position, date_created) VALUES (?, ?, 'assets', 0, ?)",
        collection.id,
        asset.id,
        clip.date,
      )
    this.#addPoster(asset.id, versionId, at, clip.date)
    if (at % 500 === 0) this.#addJob(asset, userId)
    const parents = collection ? [collection.id] : []
    const ancestors = collection ? [collection.id, ...collection.ancestors] : []
    index.add(
      'assets',
      asset.id,
      entryOfAsset({ asset, files: [], proxies: [], formats: [], values, parents, ancestors, readers: [] }),
    )
  }

  #addPoster(assetId: string, versionId: string, at: number, date: string): void {
    const poster = this.#posters[at % this.#posters.length]
    const storage = this.#storage()
    if (!poster) return
    this.#core.tables.keyframes.insert({
      type: 'POSTER',
      name: 'poster.jpg',
      filename: 'poster.jpg',
      format: 'JPEG',
      status: 'CLOSED',
      size: poster.sizeBytes,
      resolution: { width: 320, height: 180 },
      rotation: 0,
      is_public: false,
      is_custom_keyframe: false,
      asset_id: assetId,
      version_id: versionId,
      storage_id: storage.id,
      storage_method: storage.method,
      date_created: date,
      date_modified: date,
      _key: poster.key,
      _shared: true,
    })
  }

  #storageRow: { id: string; method: string } | undefined
  #storage(): { id: string; method: string } {
    this.#storageRow ??= this.#core.tables.storages.first({ where: { purpose: 'KEYFRAMES' } })
    if (!this.#storageRow) throw new Error('The workspace has no storage for keyframes')
    return this.#storageRow
  }

  #addJob(asset: Asset, userId: string): void {
    this.#jobs += 1
    const failed = this.#jobs % 17 === 0
    this.#core.tables.jobs.insert({
      ...jobRow({
        title: `Previews of ${asset.title}`,
        type: 'TRANSCODE',
        status: failed ? 'FAILED' : 'FINISHED',
        object_type: 'assets',
        object_id: asset.id,
        created_by: userId,
      }),
      progress: failed ? 40 : 100,
      progress_processed: failed ? 40 : 100,
      error_message: failed ? 'The file could not be decoded' : '',
      started_at: asset.date_created,
      completed_at: asset.date_created,
      date_created: asset.date_created,
    })
  }
}
