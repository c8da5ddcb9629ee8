import { AppError } from '../../core/errors.ts'
import type { FileSystem, WalkEntry, WalkEvent } from '../../ports/file-system.ts'

interface MemoryNode {
  kind: WalkEntry['kind']
  bytes: Uint8Array
  /** Claimed size; a sparse stand-in for large files, whose bytes are not kept. */
  sizeBytes: number
  mtimeMs: number
  inode: string
  unreadable: boolean
  openForWriting: boolean
}

/**
 * A disk in memory with POSIX paths. Unlike a real one it has no permissions besides `makeUnreadable`, one volume, and a tree
 * that vanishes and returns by `unmount` and `mount`. A volume that returns has another device number, as on Linux.
 */
export class MemoryFileSystem implements FileSystem {
  readonly #nodes = new Map<string, MemoryNode>()
  /** Roots of volumes that are away, each with the empty folder that stays in their place, if one does. */
  readonly #unmounted = new Map<string, MemoryNode | null>()
  #device = 1
  readonly #now: () => number
  #nextInode = 1
  /** How often each operation was called, for tests that promise not to touch the disk. */
  readonly calls = { stat: 0, walk: 0, read: 0 }

  constructor(options: { nowMs?: () => number } = {}) {
    this.#now = options.nowMs ?? (() => Date.now())
    this.addFolder('/')
  }

  addFolder(path: string): void {
    for (const folder of [...ancestors(path), path])
      if (!this.#nodes.has(folder)) {
        this.#nodes.set(folder, this.#node('folder', new Uint8Array(), this.#now()))
        this.#touchFolder(folder)
      }
  }

  /** Writes a file whole, making its folders; a file that is there keeps its inode. */
  write(
    path: string,
    content: Uint8Array | string | { sizeBytes: number },
    options: { mtimeMs?: number } = {},
  ): void {
    this.addFolder(parentOf(path))
    const bytes =
      typeof content === 'string'
        ? new TextEncoder().encode(content)
        : content instanceof Uint8Array
          ? content
          : new Uint8Array()
    const node = this.#nodes.get(path) ?? this.#node('file', bytes, 0)
    if (!this.#nodes.has(path)) this.#touchFolder(path)
    this.#nodes.set(path, {
      ...node,
      bytes,
      sizeBytes: content instanceof Object && 'sizeBytes' in content ? content.sizeBytes : bytes.length,
      mtimeMs: options.mtimeMs ?? this.#now(),
    })
  }

  addSymlink(path: string): void {
    this.addFolder(parentOf(path))
    this.#nodes.set(path, this.#node('symlink', new Uint8Array(), this.#now()))
  }

  makeUnreadable(path: string, unreadable = true): void {
    this.#existing(path).unreadable = unreadable
  }

  setOpenForWriting(path: string, isOpen: boolean): void {
    this.#existing(path).openForWriting = isOpen
  }

  rename(from: string, to: string): void {
    for (const [path, node] of Array.from(this.#nodes))
      if (path === from || path.startsWith(`${from}/`)) {
        this.#nodes.delete(path)
        this.addFolder(parentOf(to))
        this.#nodes.set(to + path.slice(from.length), node)
      }
    this.#touchFolder(from)
    this.#touchFolder(to)
  }

  remove(path: string): void {
    for (const known of Array.from(this.#nodes.keys()))
      if (known === path || known.startsWith(`${path}/`)) this.#nodes.delete(known)
    this.#touchFolder(path)
  }

  /** @param leaves what is then in its place: nothing, or the empty folder that it was mounted on */
  unmount(path: string, leaves: 'nothing' | 'folder' = 'nothing'): void {
    this.#unmounted.set(path, leaves === 'folder' ? this.#node('folder', new Uint8Array(), 0) : null)
  }

  mount(path: string): void {
    this.#unmounted.delete(path)
    this.#device++
  }

  statAll(paths: readonly string[]): Promise<(WalkEntry | AppError)[]> {
    return Promise.all(
      paths.map((path) =>
        this.stat(path).catch((error: unknown) => {
          if (error instanceof AppError) return error
          throw error
        }),
      ),
    )
  }

  async stat(path: string): Promise<WalkEntry> {
    this.calls.stat++
    const node = this.#existing(path)
    return this.#entryOf(path, node)
  }

  async checkReadable(path: string): Promise<void> {
    if (this.#existing(path).unreadable)
      throw new AppError('file.unreadable', `${path}: No permission to read it.`, {
        details: { reason: 'No permission to read it.' },
      })
  }

  async *walk(
    root: string,
    options: { enter?: (path: string) => boolean; signal?: AbortSignal } = {},
  ): AsyncIterable<WalkEvent[]> {
    this.calls.walk++
    const top = this.#existing(root)
    yield [{ entry: this.#entryOf(root, top) }]
    if (top.kind !== 'folder') return
    const children = this.#children()
    const folders = [root]
    for (const folder of folders) {
      options.signal?.throwIfAborted()
      if (this.#existing(folder).unreadable) {
        yield [{ problem: { path: folder, reason: 'No permission to read it.' } }]
        continue
      }
      const events: WalkEvent[] = []
      for (const path of children.get(folder) ?? []) {
        if (this.#isAway(path)) continue
        const entry = this.#entryOf(path, this.#existing(path))
        if (entry.kind === 'folder' && (options.enter?.(path) ?? true)) folders.push(path)
        events.push({ entry })
      }
      if (events.length > 0) yield events
    }
  }

  async isOpenForWriting(path: string): Promise<boolean | null> {
    return this.#nodes.get(path)?.openForWriting ?? false
  }

  async openForWriting(paths: readonly string[]): Promise<ReadonlySet<string> | null> {
    return new Set(paths.filter((path) => this.#nodes.get(path)?.openForWriting))
  }

  async readSample(path: string): Promise<Uint8Array> {
    return this.readSmall(path, Number.MAX_SAFE_INTEGER)
  }

  async readSmall(path: string, maxBytes: number): Promise<Uint8Array> {
    this.calls.read++
    const node = this.#existing(path)
    if (node.kind !== 'file' || node.unreadable)
      throw new AppError('file.unreadable', `${path}: No permission to read it.`, {
        details: { reason: 'No permission to read it.' },
      })
    if (node.sizeBytes > maxBytes)
      throw new AppError(
        'file.unsupported',
        `${path} is larger than ${maxBytes} bytes, too large to be read here.`,
      )
    return node.bytes
  }

  async move(path: string, directory: string): Promise<string> {
    const node = this.#existing(path)
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (`${directory}/${name}` === path) return path
    const dot = name.lastIndexOf('.') <= 0 ? name.length : name.lastIndexOf('.')
    for (let number = 1; ; number++) {
      const numbered = number === 1 ? name : `${name.slice(0, dot)} (${number})${name.slice(dot)}`
      const target = `${directory}/${numbered}`
      const there = this.#nodes.get(target)
      if (there && !isCopy(there, node)) continue
      this.addFolder(directory)
      this.remove(path)
      this.#nodes.set(target, node)
      return target
    }
  }

  async delete(path: string): Promise<void> {
    this.#existing(path)
    this.remove(path)
  }

  async freeBytes(path: string): Promise<number> {
    this.#existing(path)
    return 1e12
  }

  /** Inode of a file, for tests that move things. */
  inodeOf(path: string): string {
    return this.#existing(path).inode
  }

  #node(kind: MemoryNode['kind'], bytes: Uint8Array, mtimeMs: number): MemoryNode {
    const inode = String(this.#nextInode++)
    return { kind, bytes, sizeBytes: bytes.length, mtimeMs, inode, unreadable: false, openForWriting: false }
  }

  #entryOf(path: string, { kind, sizeBytes, mtimeMs, inode }: MemoryNode): WalkEntry {
    const withDevice = kind === 'folder' ? `${this.#device}:${inode}` : inode
    return { path, kind, sizeBytes, mtimeMs, inode: withDevice }
  }

  #isAway(path: string): boolean {
    for (const root of this.#unmounted.keys()) if (path === root || path.startsWith(`${root}/`)) return true
    return false
  }

  #existing(path: string): MemoryNode {
    const node = this.#isAway(path) ? this.#unmounted.get(path) : this.#nodes.get(path)
    if (!node) throw new AppError('file.missing', `${path} is not there.`)
    return node
  }

  #touchFolder(path: string): void {
    const folder = this.#nodes.get(parentOf(path))
    if (folder) folder.mtimeMs = this.#now()
  }

  #children(): Map<string, string[]> {
    const children = new Map<string, string[]>()
    for (const path of this.#nodes.keys()) {
      if (path === '/') continue
      const siblings = children.get(parentOf(path))
      if (siblings) siblings.push(path)
      else children.set(parentOf(path), [path])
    }
    return children
  }
}

const isCopy = (a: MemoryNode, b: MemoryNode) =>
  a.kind === b.kind && a.sizeBytes === b.sizeBytes && a.bytes.every((byte, at) => byte === b.bytes[at])

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

function ancestors(path: string): string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, at) => `/${parts.slice(0, at + 1).join('/')}`)
}
