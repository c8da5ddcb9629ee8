import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { open, lstat, rename, copyFile, rm, mkdir, link, stat, statfs, unlink } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../core/errors.ts'
import { meansNoLinks } from '../../core/hard-links.ts'
import type { EntryKind, FileSystem, WalkEntry, WalkEvent } from '../../ports/file-system.ts'
import { KINDS } from './disk/disk-messages.ts'
import type { DiskFailure, Listing, Looks, PathLooks } from './disk/disk-messages.ts'
import { DiskThreads } from './disk/disk-threads.ts'
import { kindOf, millisecondsOf } from './disk/raw-stats.ts'
import { filesOpenForWriting } from './open-files.ts'
import { VolumeInodes } from './volume-inodes.ts'

/** Folders that one question to a disk thread is about. */
const FOLDERS_AT_ONCE = 16
/** Questions on their way, so that the thread need not wait until an answer was looked at. */
const QUESTIONS_AT_ONCE = 2

/** Paths that one question to a disk thread is about; for fewer than FEW_PATHS no thread is started. */
const PATHS_AT_ONCE = 256
const FEW_PATHS = 8

const SAMPLE_BYTES = 16 * 1024

/**
 * The disk of this machine. The inode of a folder is "device:inode", so that a volume that was mounted over it shows; that of a file is its number alone.
 * On Windows the file id of the volume stands in.
 */
export class NodeFileSystem implements FileSystem {
  readonly #volumes = new VolumeInodes()
  readonly #threads: DiskThreads

  constructor(threads = new DiskThreads()) {
    this.#threads = threads
  }

  async stat(file: string): Promise<WalkEntry> {
    try {
      return await this.#entry(file)
    } catch (error) {
      throw asFileError(error, file)
    }
  }

  async statAll(files: readonly string[]): Promise<(WalkEntry | AppError)[]> {
    if (files.length < FEW_PATHS)
      return Promise.all(
        files.map((file) => this.#entry(file).catch((error: unknown) => asFileError(error, file))),
      )
    return this.#threads.use(async (thread) => {
      const questions: Promise<(WalkEntry | AppError)[]>[] = []
      for (let at = 0; at < files.length; at += PATHS_AT_ONCE) {
        const some = files.slice(at, at + PATHS_AT_ONCE)
        questions.push(thread.look(some).then((looks) => this.#entriesOf(some, looks)))
      }
      return (await Promise.all(questions)).flat()
    })
  }

  async #entriesOf(files: readonly string[], looks: PathLooks): Promise<(WalkEntry | AppError)[]> {
    const failures = new Map(looks.failures.map(({ at, failure }) => [at, failure]))
    const entries: (WalkEntry | AppError)[] = []
    for (const [at, file] of files.entries()) {
      const failure = failures.get(at)
      const device = looks.devices[at] as bigint
      if (failure) entries.push(asFileError(failure, file))
      else {
        const lasts = this.#volumes.known(device) ?? (await this.#volumes.ask(file, device))
        entries.push(entryOf(file, looks, at, lasts))
      }
    }
    return entries
  }

  async checkReadable(file: string): Promise<void> {
    try {
      await (await open(file, 'r')).close()
    } catch (error) {
      throw asFileError(error, file)
    }
  }

  async *walk(
    root: string,
    options: { enter?: (path: string) => boolean; signal?: AbortSignal } = {},
  ): AsyncIterable<WalkEvent[]> {
    const top = await this.stat(root)
    yield [{ entry: top }]
    if (top.kind !== 'folder') return
    const thread = await this.#threads.take()
    try {
      const folders = [root]
      const answers: Promise<Listing[]>[] = []
      let at = 0
      const ask = () => {
        while (answers.length < QUESTIONS_AT_ONCE && at < folders.length) {
          const answer = thread.list(folders.slice(at, at + FOLDERS_AT_ONCE))
          // Whoever ends a walk early does not hear of it.
          answer.catch(() => undefined)
          answers.push(answer)
          // Folders that are asked about are let go, so that a tree of a million folders does not keep all their names.
          folders.fill('', at, Math.min(at + FOLDERS_AT_ONCE, folders.length))
          at = Math.min(at + FOLDERS_AT_ONCE, folders.length)
        }
      }
      for (ask(); answers.length > 0; ask()) {
        options.signal?.throwIfAborted()
        const events: WalkEvent[] = []
        for (const listing of (await answers.shift()) ?? [])
          for (const event of await this.#eventsOf(listing)) events.push(event)
        for (const event of events)
          if (
            'entry' in event &&
            event.entry.kind === 'folder' &&
            (options.enter?.(event.entry.path) ?? true)
          )
            folders.push(event.entry.path)
        ask()
        if (events.length > 0) yield events
      }
    } finally {
      this.#threads.giveBack(thread)
    }
  }

  async #eventsOf(listing: Listing): Promise<WalkEvent[]> {
    const { folder, failure, failures } = listing
    if (failure) return [{ problem: { path: folder, reason: reasonOf(failure) } }]
    const events: WalkEvent[] = []
    const names = listing.names === '' ? [] : listing.names.split('/')
    const below = folder.endsWith(path.sep) ? folder : folder + path.sep
    for (const [at, name] of names.entries()) {
      const device = listing.devices[at] as bigint
      const file = below + name
      const lasts = this.#volumes.known(device) ?? (await this.#volumes.ask(file, device))
      events.push({ entry: entryOf(file, listing, at, lasts) })
    }
    for (const { name, failure: reason } of failures) {
      const problem = problemOf(path.join(folder, name), name, reason)
      if (problem) events.push({ problem })
    }
    return events
  }

  async #entry(file: string): Promise<WalkEntry> {
    const stats = await lstat(file, { bigint: true })
    const lasts = this.#volumes.known(stats.dev) ?? (await this.#volumes.ask(file, stats.dev))
    const kind = kindOf(stats)
    return {
      path: file,
      kind,
      sizeBytes: Number(stats.size),
      mtimeMs: millisecondsOf(stats.mtimeNs),
      inode: inodeOf(kind, stats.dev, stats.ino, lasts),
    }
  }

  async isOpenForWriting(file: string): Promise<boolean | null> {
    const open = await this.openForWriting([file])
    return open === null ? null : open.has(file)
  }

  openForWriting(files: readonly string[]): Promise<ReadonlySet<string> | null> {
    return filesOpenForWriting(files)
  }

  async readSmall(file: string, maxBytes: number): Promise<Uint8Array> {
    try {
      const handle = await open(file, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0))
      try {
        const { size } = await handle.stat()
        if (size > maxBytes)
          throw new AppError(
            'file.unsupported',
            `${file} is larger than ${maxBytes} bytes, too large to be read here.`,
          )
        return await handle.readFile()
      } finally {
        await handle.close()
      }
    } catch (error) {
      throw asFileError(error, file)
    }
  }

  async readSample(file: string): Promise<Uint8Array> {
    try {
      const handle = await open(file, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0))
      try {
        const { size } = await handle.stat()
        if (size <= 3 * SAMPLE_BYTES) return await handle.readFile()
        const sample = new Uint8Array(3 * SAMPLE_BYTES)
        const starts = [0, Math.floor(size / 2), size - SAMPLE_BYTES]
        for (const [piece, start] of starts.entries())
          await handle.read(sample, piece * SAMPLE_BYTES, SAMPLE_BYTES, start)
        return sample
      } finally {
        await handle.close()
      }
    } catch (error) {
      throw asFileError(error, file)
    }
  }

  async move(file: string, directory: string): Promise<string> {
    try {
      await makeFolder(directory)
      if (await isSameFolder(path.dirname(file), directory)) return file
      for (let number = 1; ; number++) {
        const target = path.join(directory, numberedName(path.basename(file), number))
        if (await moveTo(file, target)) return target
      }
    } catch (error) {
      throw asFileError(error, file)
    }
  }

  async delete(file: string): Promise<void> {
    try {
      await unlink(file)
    } catch (error) {
      throw asFileError(error, file)
    }
  }

  async freeBytes(file: string): Promise<number> {
    try {
      const volume = await statfs(file)
      return volume.bavail * volume.bsize
    } catch (error) {
      throw asFileError(error, file)
    }
  }
}

/** @param lasts as below */
function entryOf(file: string, looks: Looks, at: number, lasts: boolean): WalkEntry {
  const kind = KINDS[looks.kinds[at] as number] as EntryKind
  return {
    path: file,
    kind,
    sizeBytes: looks.sizesBytes[at] as number,
    mtimeMs: looks.mtimesMs[at] as number,
    inode: inodeOf(kind, looks.devices[at] as bigint, looks.inodes[at] as bigint, lasts),
  }
}

/** @param lasts whether files of the volume keep their numbers */
function inodeOf(kind: EntryKind, device: bigint, inode: bigint, lasts: boolean): string {
  if (kind === 'folder') return `${device}:${inode}`
  return lasts ? String(inode) : ''
}

/** What to tell of an entry that could not be looked at; null when it is only gone. */
function problemOf(file: string, name: string, failure: DiskFailure) {
  // Node replaces bytes that are no UTF-8, so such a file cannot be opened by the name that it was listed with.
  const isGarbled = name.includes('\ufffd')
  if (failure.code === 'ENOENT' && !isGarbled) return null
  return {
    path: file,
    reason: isGarbled ? 'Its name is not valid UTF-8. Rename it.' : reasonOf(failure),
  }
}

/**
 * Makes a folder with those above it. Not by Node's own way of doing so: where a folder can be made nowhere below an existing one, as in /proc, that
 * tries for ever and keeps a thread with it.
 */
async function makeFolder(directory: string): Promise<void> {
  try {
    await makeLevels(directory)
  } catch (error) {
    if (codeOf(error) === 'ENOSPC')
      throw new AppError('storage.full', `There is no room for the folder ${directory}.`, { cause: error })
    const reason = WHY_NO_FOLDER[codeOf(error)] ?? reasonOf(error)
    throw new AppError('file.unreadable', `The folder ${directory} cannot be made: ${reason}`, {
      cause: error,
      details: { reason },
    })
  }
}

const WHY_NO_FOLDER: Record<string, string> = {
  ENOENT: 'Nothing can be made there.',
  ENOTDIR: 'A file is in the way.',
  EEXIST: 'A file is in the way.',
  EACCES: 'No permission to write there.',
  EPERM: 'No permission to write there.',
  EROFS: 'The volume is read-only.',
}

async function makeLevels(directory: string): Promise<void> {
  try {
    await mkdir(directory)
  } catch (error) {
    if (await isFolder(directory)) return
    const above = path.dirname(directory)
    if (codeOf(error) !== 'ENOENT' || above === directory || (await isFolder(above))) throw error
    await makeLevels(above)
    await mkdir(directory).catch(async (last: unknown) => {
      // Another mover may have been quicker.
      if (!(await isFolder(directory))) throw last
    })
  }
}

const isFolder = (file: string) =>
  stat(file).then(
    (stats) => stats.isDirectory(),
    () => false,
  )

/** "a.mov", "a (2).mov", "a (3).mov" … */
function numberedName(name: string, number: number): string {
  if (number === 1) return name
  const { name: stem, ext } = path.parse(name)
  return `${stem} (${number})${ext}`
}

/**
 * Moves without ever replacing what is there. A hard link is the one step that fails when the name is taken; where links are
 * not possible (another volume, FAT), an exclusive copy is made, compared and put in place.
 *
 * @returns false when the name is taken by another file
 */
async function moveTo(file: string, target: string): Promise<boolean> {
  try {
    await link(file, target)
    await unlink(file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return finishMove(file, target)
    if (!meansNoLinks(error)) throw error
  }
  if (fs.existsSync(target)) return finishMove(file, target)
  const before = await lstat(file, { bigint: true })
  const partial = path.join(path.dirname(target), `.${randomUUID()}.part`)
  try {
    await copyFile(file, partial, fs.constants.COPYFILE_EXCL)
    await fsyncFile(partial)
    if (!(await sameBytes(file, partial))) throw new Error('the copy differs from the file')
    const after = await lstat(file, { bigint: true })
    if (after.mtimeNs !== before.mtimeNs || after.size !== before.size)
      throw new AppError('file.changed', `${file} changed while it was being moved.`)
    await fs.promises.utimes(
      partial,
      before.atimeMs === 0n ? 0 : Number(before.atimeMs) / 1000,
      Number(before.mtimeMs) / 1000,
    )
    if (fs.existsSync(target)) return false
    await rename(partial, target)
    await unlink(file)
    return true
  } finally {
    await rm(partial, { force: true })
  }
}

/**
 * A move that was cut short leaves the file at both ends: what is at the target is the same file, or a copy of it that is compared before the source goes.
 *
 * @returns false when another file is there
 */
async function finishMove(file: string, target: string): Promise<boolean> {
  const [source, there] = await Promise.all([file, target].map((one) => lstat(one, { bigint: true })))
  if (!source?.isFile() || !there?.isFile() || source.size !== there.size) return false
  const isSame = source.ino !== 0n && source.ino === there.ino && source.dev === there.dev
  if (!isSame && !(await sameBytes(file, target))) return false
  if (!isSame) await fsyncFile(target)
  // Both paths may lead to one place in a way that no number shows: then the target is gone with the source.
  const aside = path.join(path.dirname(file), `.${randomUUID()}.part`)
  await rename(file, aside)
  if (!fs.existsSync(target)) {
    await rename(aside, file)
    return false
  }
  await unlink(aside)
  return true
}

/** By whatever name: a link, or another case. */
async function isSameFolder(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([a, b].map((one) => fs.promises.stat(one, { bigint: true })))
  return left !== undefined && left.ino !== 0n && left.ino === right?.ino && left.dev === right.dev
}

async function fsyncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function sameBytes(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([open(a, 'r'), open(b, 'r')])
  try {
    const buffers = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)] as const
    for (let at = 0; ;) {
      const [l, r] = await Promise.all([
        left.read(buffers[0], 0, buffers[0].length, at),
        right.read(buffers[1], 0, buffers[1].length, at),
      ])
      if (l.bytesRead !== r.bytesRead) return false
      if (l.bytesRead === 0) return true
      if (!buffers[0].subarray(0, l.bytesRead).equals(buffers[1].subarray(0, r.bytesRead))) return false
      at += l.bytesRead
    }
  } finally {
    await Promise.all([left.close(), right.close()])
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? ''
}

const REASONS: Record<string, string> = {
  EACCES: 'No permission to read it.',
  EPERM: 'No permission to read it.',
  ENOENT: 'It is not there any more.',
  ENOTDIR: 'It is not there any more.',
  EIO: 'The disk reports a read error.',
  ELOOP: 'It is a symbolic link.',
  ENAMETOOLONG: 'Its path is too long for this system.',
  EBUSY: 'Another program holds it.',
  ESTALE: 'The network share has lost it.',
  EROFS: 'The volume is read-only.',
  EMFILE: 'Too many files are open.',
  ENOSPC: 'The disk is full.',
}

function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? `It cannot be read (${codeOf(error) || String(error)}).`
}

function asFileError(error: unknown, file: string): AppError {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new AppError('file.missing', `${file} is not there.`, { cause: error })
  if (code === 'ENOSPC')
    return new AppError('storage.full', `There is no room to move ${file}.`, { cause: error })
  return new AppError('file.unreadable', `${file}: ${reasonOf(error)}`, {
    cause: error,
    details: { reason: reasonOf(error) },
  })
}
