import { createHash, randomUUID } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'

/** What is kept of one answer. */
export interface CachedBytes {
  contentType: string
  bytes: Buffer
  /** Size of the whole that `bytes` are a part of. */
  totalBytes: number
}

interface Entry {
  sizeBytes: number
  usedMs: number
}

/** The time of use is written to disk no more often than this. */
const TOUCH_EVERY_MS = 3600_000
/** How far below the limit an eviction goes, so that not each new picture evicts one. */
const EVICT_TO = 0.9
const NEWLINE = 0x0a

/** Whose bytes they are, and which. */
export interface CacheKey {
  /** What is forgotten together: the id of an account. */
  group: string
  name: string
}

/**
 * Bytes by key, in files of one folder, with a limit: what was not used for the longest time goes first. A file is a line of
 * JSON and the bytes; it is written beside and renamed, so that a half-written one is never read.
 */
export class DiskCache {
  readonly #folder: string
  readonly #limitBytes: () => number
  readonly #entries = new Map<string, Entry>()
  #totalBytes = 0
  #opened: Promise<void> | null = null
  #evicting: Promise<void> | null = null

  constructor(folder: string, limitBytes: () => number) {
    this.#folder = folder
    this.#limitBytes = limitBytes
  }

  get totalBytes(): number {
    return this.#totalBytes
  }

  async get(key: CacheKey): Promise<CachedBytes | null> {
    const name = nameOf(key)
    try {
      const file = await fs.readFile(this.#fileOf(name))
      const end = file.indexOf(NEWLINE)
      const head = JSON.parse(file.subarray(0, end).toString('utf8')) as { type: string; total: number }
      void this.#used(name)
      return { contentType: head.type, bytes: file.subarray(end + 1), totalBytes: head.total }
    } catch {
      // Not there, or not readable: it is fetched again.
      return null
    }
  }

  /** Failures are silent: a full disk must not keep a picture from being shown. */
  async put(key: CacheKey, value: CachedBytes): Promise<void> {
    await this.#open()
    const name = nameOf(key)
    const file = this.#fileOf(name)
    const beside = `${file}.${randomUUID()}.new`
    const head = Buffer.from(`${JSON.stringify({ type: value.contentType, total: value.totalBytes })}\n`)
    try {
      await fs.mkdir(path.dirname(file), { recursive: true })
      await fs.writeFile(beside, Buffer.concat([head, value.bytes]), { mode: 0o600 })
      await fs.rename(beside, file)
    } catch {
      await fs.rm(beside, { force: true }).catch(() => {})
      return
    }
    this.#note(name, { sizeBytes: head.length + value.bytes.length, usedMs: Date.now() })
    await this.evict()
  }

  /** Removes everything of a group. */
  async forget(group: string): Promise<void> {
    await this.#open()
    const prefix = groupPrefix(group)
    for (const [name, { sizeBytes }] of this.#entries) {
      if (!name.startsWith(prefix)) continue
      await fs.rm(this.#fileOf(name), { force: true })
      this.#entries.delete(name)
      this.#totalBytes -= sizeBytes
    }
  }

  /** Brings the cache below its limit. */
  async evict(): Promise<void> {
    await this.#open()
    if (this.#totalBytes <= this.#limitBytes()) return
    this.#evicting ??= this.#evictOldest().finally(() => (this.#evicting = null))
    await this.#evicting
  }

  async #evictOldest(): Promise<void> {
    const oldest = [...this.#entries].toSorted(([, left], [, right]) => left.usedMs - right.usedMs)
    for (const [name, { sizeBytes }] of oldest) {
      if (this.#totalBytes <= this.#limitBytes() * EVICT_TO) return
      await fs.rm(this.#fileOf(name), { force: true }).catch(() => {})
      this.#entries.delete(name)
      this.#totalBytes -= sizeBytes
    }
  }

  async #used(name: string): Promise<void> {
    const entry = this.#entries.get(name)
    const now = Date.now()
    if (!entry || now - entry.usedMs < TOUCH_EVERY_MS) {
      if (entry) entry.usedMs = now
      return
    }
    entry.usedMs = now
    await fs.utimes(this.#fileOf(name), new Date(now), new Date(now)).catch(() => {})
  }

  #note(name: string, entry: Entry): void {
    this.#totalBytes += entry.sizeBytes - (this.#entries.get(name)?.sizeBytes ?? 0)
    this.#entries.set(name, entry)
  }

  /** Learns once what is on the disk. */
  #open(): Promise<void> {
    this.#opened ??= this.#scan()
    return this.#opened
  }

  async #scan(): Promise<void> {
    const shelves = await fs.readdir(this.#folder).catch(() => [])
    for (const shelf of shelves) {
      for (const name of await fs.readdir(path.join(this.#folder, shelf)).catch(() => [])) {
        const file = path.join(this.#folder, shelf, name)
        const stat = await fs.stat(file).catch(() => null)
        if (!stat) continue
        // Half written, or named as another version names them.
        if (file !== this.#fileOf(name) || name.endsWith('.new')) await fs.rm(file, { force: true })
        else this.#note(name, { sizeBytes: stat.size, usedMs: stat.mtimeMs })
      }
    }
  }

  #fileOf(name: string): string {
    return path.join(this.#folder, name.slice(-2), name)
  }
}

/** Keys hold ids of the server: as hashes they can be no path. */
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const groupPrefix = (group: string) => `${hashOf(group).slice(0, 16)}-`
const nameOf = ({ group, name }: CacheKey) => groupPrefix(group) + hashOf(name).slice(0, 40)
