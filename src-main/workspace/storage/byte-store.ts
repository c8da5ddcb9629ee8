import { createHash, randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  createReadStream,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { copyFile, open, readdir, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { Crc32c, type ChecksumName } from './checksums.ts'
import type { Database } from '../store/database.ts'

/** A piece of a stored object: a file below the bytes folder, or nothing but a length where bytes are discarded. */
export interface Segment {
  /** Relative to the bytes folder; absent when the bytes were discarded. */
  path?: string
  sizeBytes: number
  /** Azure only: the id of the block, as the committed list names it. */
  blockId?: string
}

export interface StoredObject {
  storageId: string
  key: string
  segments: Segment[]
  sizeBytes: number
  contentType: string | null
  /** Lower-case hex, as far as the provider of the storage computes them. */
  sums: Partial<Record<ChecksumName, string>>
  /** As the provider spells it, without quotes. */
  etag: string
  storedAt: string
}

export interface Received {
  segment: Segment
  sums: Partial<Record<ChecksumName, string>>
  /** The body ended early and what came was kept. */
  short: boolean
}

export interface ReceiveOptions {
  /** The announced length, if there is one. */
  expectedBytes?: number | undefined
  /** Fault "short write": what comes after so many bytes is silently dropped. */
  limitBytes?: number | undefined
  /** Goes on with a running CRC32C. */
  crcStart?: number
  /** Keeps what has come when the connection breaks, as resumable sessions do. */
  keepShort?: boolean
}

/** So much of the disk is left alone, so that it never runs full under the database. */
const keptFreeBytes = 256 * 1024 * 1024
/** How often a body of unknown length looks whether there is room for more. */
const roomCheckBytes = 16 * 1024 * 1024
/** How long an answer of the disk about its room is good for; what is written meanwhile is taken off. */
const roomKnownMs = 500
/** Bodies up to this are kept in memory and written in one go, which costs a tenth of writing them as they come. */
const smallBytes = 64 * 1024

/** The body ended before its length, or the connection went away. Nothing was kept. */
export class ShortBody extends Error {}

/** The disk has no room for more of a body that did not say how long it is. Nothing was kept. */
export class NoRoom extends ShortBody {}

/**
 * Bytes on disk and the rows that say what they are. A stored object is a list of segments: parts of a multipart upload
 * are never copied together. Receiving streams to a file while the sums are taken from the same buffers.
 */
export class ByteStore {
  readonly folder: string
  readonly #db: Database
  readonly #discard: boolean
  /** Folders that are known to be there; nobody else removes any. */
  readonly #made = new Set<string>()

  readonly #keptFreeBytes: number
  /** Announced by bodies that are being received, and not on the disk yet. */
  #announcedBytes = 0
  /** What the disk last said is free, less what was written since. */
  #room = { freeBytes: 0, untilMs: -Infinity }

  /** @param options.keptFreeBytes how much of the disk to leave alone; default 256 MiB */
  constructor(
    db: Database,
    dataDir: string,
    options: { discard?: boolean; keptFreeBytes?: number | undefined } = {},
  ) {
    this.#db = db
    this.#discard = options.discard ?? false
    this.#keptFreeBytes = options.keptFreeBytes ?? keptFreeBytes
    this.folder = join(dataDir, 'bytes')
    mkdirSync(join(this.folder, 'incoming'), { recursive: true, mode: 0o700 })
    for (const name of readdirSync(join(this.folder, 'incoming')))
      rmSync(join(this.folder, 'incoming', name), { force: true })
    db.sql.exec(`
      CREATE TABLE IF NOT EXISTS objects (
        storage_id TEXT NOT NULL,
        key TEXT NOT NULL,
        row TEXT NOT NULL,
        PRIMARY KEY (storage_id, key)
      ) WITHOUT ROWID;
    `)
  }

  /** Bytes that another upload may take: what is free, less what is left alone and what those under way will need. */
  async freeBytes(): Promise<number> {
    if (this.#discard) return Number.MAX_SAFE_INTEGER
    if (performance.now() > this.#room.untilMs) {
      const { bavail, bsize } = await statfs(this.folder)
      this.#room = { freeBytes: bavail * bsize, untilMs: performance.now() + roomKnownMs }
    }
    return Math.max(0, this.#room.freeBytes - this.#keptFreeBytes - this.#announcedBytes)
  }

  /**
   * Takes the whole stream. A body that is shorter than announced throws ShortBody and leaves nothing behind, unless
   * `keepShort` says otherwise. One of unknown length throws NoRoom when the disk is full enough.
   */
  async receive(
    source: Readable,
    wanted: readonly ChecksumName[],
    options: ReceiveOptions = {},
  ): Promise<Received> {
    const name = randomUUID()
    const temporary = join(this.folder, 'incoming', name)
    const hashes = new Map(
      wanted.map((kind) => [kind, kind === 'crc32c' ? new Crc32c(options.crcStart) : createHash(kind)]),
    )
    let outstanding = options.expectedBytes ?? 0
    this.#announcedBytes += outstanding
    const arrived = (sizeBytes: number) => {
      const less = Math.min(sizeBytes, outstanding)
      outstanding -= less
      this.#announcedBytes -= less
    }
    let file: FileHandle | undefined
    /** What came so far of a body that is small yet. */
    const isSmall = (options.expectedBytes ?? 0) <= smallBytes
    let held: Buffer[] | undefined = isSmall && !this.#discard ? [] : undefined
    let received = 0
    let checkAt = roomCheckBytes
    let kept = 0
    let short = false
    try {
      if (!held && !this.#discard) file = await open(temporary, 'wx', 0o600)
      for await (const piece of source) {
        const chunk = piece as Buffer
        received += chunk.length
        const room = (options.limitBytes ?? Infinity) - kept
        const keep = chunk.length <= room ? chunk : chunk.subarray(0, Math.max(0, room))
        for (const hash of hashes.values()) hash.update(keep)
        kept += keep.length
        if (held && kept <= smallBytes) held.push(keep)
        else if (!this.#discard) {
          file ??= await open(temporary, 'wx', 0o600)
          for (const piece of [...(held ?? []), keep]) if (piece.length > 0) await file.write(piece)
        }
        if (kept > smallBytes) held = undefined
        this.#room.freeBytes -= keep.length
        arrived(chunk.length)
        if (options.expectedBytes !== undefined || received < checkAt) continue
        checkAt += roomCheckBytes
        if ((await this.freeBytes()) === 0) throw new NoRoom('The disk of the workspace is full')
      }
      short = options.expectedBytes !== undefined && received !== options.expectedBytes
      if (short)
        throw new ShortBody(`The body has ${received} bytes; ${options.expectedBytes} were announced`)
    } catch (error) {
      short = options.keepShort === true && received > 0 && !(error instanceof NoRoom)
      if (!short) {
        await file?.close()
        await rm(temporary, { force: true })
        throw error
      }
    } finally {
      arrived(outstanding)
    }
    await file?.close()
    const sums = Object.fromEntries([...hashes].map(([kind, hash]) => [kind, hash.digest('hex')]))
    if (this.#discard) return { segment: { sizeBytes: kept }, sums, short }
    const path = this.#place(name)
    if (file) await rename(temporary, join(this.folder, path))
    else this.#writeSmall(path, Buffer.concat(held ?? []))
    return { segment: { path, sizeBytes: kept }, sums, short }
  }

  #writeSmall(path: string, bytes: Buffer): void {
    const place = join(this.folder, path)
    try {
      writeFileSync(place, bytes, { flag: 'wx', mode: 0o600 })
    } catch (error) {
      rmSync(place, { force: true })
      throw error
    }
  }

  #place(name: string): string {
    const path = join(name.slice(0, 2), name)
    const folder = join(this.folder, dirname(path))
    if (!this.#made.has(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#made.add(folder)
    return path
  }

  /** Copies bytes, for objects that are made of others. */
  async copySegments(segments: readonly Segment[]): Promise<Segment[]> {
    return Promise.all(
      segments.map(async (segment) => {
        if (!segment.path) return segment
        const path = this.#place(randomUUID())
        await copyFile(join(this.folder, segment.path), join(this.folder, path), constants.COPYFILE_FICLONE)
        return { ...segment, path }
      }),
    )
  }

  /** Sums over stored bytes, by reading them. */
  async sumOf(
    segments: readonly Segment[],
    wanted: readonly ChecksumName[],
  ): Promise<Partial<Record<ChecksumName, string>>> {
    const hashes = wanted.map((kind) => [kind, kind === 'crc32c' ? new Crc32c() : createHash(kind)] as const)
    const sizeBytes = segments.reduce((sum, segment) => sum + segment.sizeBytes, 0)
    for await (const chunk of this.read({ segments: [...segments], sizeBytes }))
      for (const [, hash] of hashes) hash.update(chunk)
    return Object.fromEntries(hashes.map(([kind, hash]) => [kind, hash.digest('hex')]))
  }

  /** Makes an object known under its key; what was there before is replaced and its bytes removed. */
  put(object: Omit<StoredObject, 'storedAt' | 'sizeBytes'>): StoredObject {
    const row: StoredObject = {
      ...object,
      sizeBytes: object.segments.reduce((sum, segment) => sum + segment.sizeBytes, 0),
      storedAt: new Date().toISOString(),
    }
    const before = this.get(object.storageId, object.key)
    this.#db.run(
      'INSERT INTO objects (storage_id, key, row) VALUES (?, ?, ?) ON CONFLICT (storage_id, key) DO UPDATE SET row = excluded.row',
      row.storageId,
      row.key,
      JSON.stringify(row),
    )
    if (before) {
      // A block list may name blocks that the blob has already.
      const kept = new Set(object.segments.map((segment) => segment.path))
      this.#dropAfterCommit(before.segments.filter((segment) => !kept.has(segment.path)))
    }
    return row
  }

  get(storageId: string, key: string): StoredObject | undefined {
    const found = this.#db.get<{ row: string }>(
      'SELECT row FROM objects WHERE storage_id = ? AND key = ?',
      storageId,
      key,
    )
    return found && (JSON.parse(found.row) as StoredObject)
  }

  /** Removes an object and, after the transaction, its bytes. */
  remove(storageId: string, key: string): boolean {
    const object = this.get(storageId, key)
    if (!object) return false
    this.#db.run('DELETE FROM objects WHERE storage_id = ? AND key = ?', storageId, key)
    this.#dropAfterCommit(object.segments)
    return true
  }

  /** Removes bytes that no object owns (parts of an aborted upload). */
  discard(segments: readonly Segment[]): void {
    this.#dropAfterCommit(segments)
  }

  #dropAfterCommit(segments: readonly Segment[]): void {
    this.#db.afterCommit(() => {
      for (const { path } of segments) if (path) rmSync(join(this.folder, path), { force: true })
      this.#room.untilMs = -Infinity
    })
  }

  /**
   * Removes bytes that no object and no open upload owns: what a process that was killed had received and not yet
   * written down. Only what is older than `before`, as younger bytes may be on their way. Gives how many files went.
   */
  async sweepOrphans(before: Date): Promise<number> {
    const orphans = new Set<string>()
    for (const folder of await readdir(this.folder))
      if (/^[0-9a-f]{2}$/.test(folder))
        for (const name of await readdir(join(this.folder, folder))) orphans.add(join(folder, name))
    if (orphans.size === 0) return 0
    let read = 0
    for (const { path } of this.#db.iterate<{ path: string | null }>(
      `SELECT s.value ->> '$.path' AS path FROM objects o, json_each(o.row, '$.segments') s
       UNION ALL SELECT row ->> '$.segment.path' FROM upload_parts`,
    )) {
      if (path !== null) orphans.delete(path)
      // Requests come first: there may be a million rows.
      if ((read += 1) % 5000 === 0) await new Promise<void>((done) => setImmediate(done))
    }
    let gone = 0
    for (const path of orphans) {
      const { mtimeMs } = await stat(join(this.folder, path)).catch(() => ({ mtimeMs: Infinity }))
      if (mtimeMs >= before.getTime()) continue
      await rm(join(this.folder, path), { force: true })
      gone += 1
    }
    return gone
  }

  /** Whether every piece is on disk with its length. */
  intact(object: StoredObject): boolean {
    return object.segments.every(
      ({ path, sizeBytes }) =>
        !path || statSync(join(this.folder, path), { throwIfNoEntry: false })?.size === sizeBytes,
    )
  }

  /** The only file of an object that has one piece, for tools that need a path. */
  singlePath(object: StoredObject): string | undefined {
    const [only, ...more] = object.segments
    return only?.path && more.length === 0 ? join(this.folder, only.path) : undefined
  }

  /** A few bytes, from `start` to `end`, both inclusive, of an object that is intact. */
  readFew(object: Pick<StoredObject, 'segments'>, start: number, end: number): Buffer {
    const bytes = Buffer.alloc(end - start + 1)
    let offset = 0
    for (const { path, sizeBytes } of object.segments) {
      const from = Math.max(start - offset, 0)
      const to = Math.min(end - offset, sizeBytes - 1)
      if (path && from <= to) {
        const file = openSync(join(this.folder, path), 'r')
        try {
          readSync(file, bytes, offset + from - start, to - from + 1, from)
        } finally {
          closeSync(file)
        }
      }
      offset += sizeBytes
    }
    return bytes
  }

  /** The bytes from `start` to `end`, both inclusive. Discarded bytes read as zeros. */
  async *read(
    object: Pick<StoredObject, 'segments' | 'sizeBytes'>,
    start = 0,
    end = object.sizeBytes - 1,
  ): AsyncGenerator<Buffer> {
    let offset = 0
    for (const segment of object.segments) {
      const from = Math.max(start - offset, 0)
      const to = Math.min(end - offset, segment.sizeBytes - 1)
      offset += segment.sizeBytes
      if (from > to) continue
      if (segment.path)
        yield* createReadStream(join(this.folder, segment.path), {
          start: from,
          end: to,
        }) as AsyncIterable<Buffer>
      else yield* zeros(to - from + 1)
    }
  }
}

function* zeros(sizeBytes: number): Generator<Buffer> {
  const block = Buffer.alloc(Math.min(sizeBytes, 65_536))
  for (let left = sizeBytes; left > 0; left -= block.length)
    yield left < block.length ? block.subarray(0, left) : block
}
