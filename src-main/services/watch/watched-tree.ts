import path from 'node:path'
import { inodeNumber } from '../../core/clip.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { type IgnoreRules, makeIgnoreRules } from '../../core/intake/ignore-rules.ts'
import type { IntakeFile } from '../../core/intake/intake-file.ts'
import { comparable } from '../../core/intake/path-names.ts'
import { quietBeforeMs, sameSighting } from '../../core/intake/settle.ts'
import type { WalkEntry } from '../../ports/file-system.ts'
import type { KnownSighting, WatchFolderRecord } from '../../ports/watch-journal.ts'
import { doneFolderOf } from './done-folder.ts'
import { absolutePath } from './hand-over.ts'
import type { SettlingFiles } from './settling-files.ts'
import type { WatchPorts } from './watch-ports.ts'

/** So many looks are compared with what is known at a time: one question to the disk, and one to the journal. */
const LOOKS_AT_ONCE = 512
const MOST_UNREADABLE = 1000

/**
 * The files below a watched root as they were last seen: what is new or changed begins to settle, what is known costs nothing, what was moved keeps its
 * upload, what vanished is forgotten.
 */
export class WatchedTree {
  readonly #ports: WatchPorts
  readonly #settling: SettlingFiles
  readonly #folderDates = new Map<string, number>()
  readonly #unreadable = new Map<string, string>()
  /** They are not followed; nobody has to do anything about them. */
  readonly #links = new Set<string>()
  readonly #heldMoves = new Map<string, Set<string>>()
  #folder: WatchFolderRecord
  #ignore: IgnoreRules
  /** The root with a separator after it. */
  readonly #below: string

  constructor(ports: WatchPorts, folder: WatchFolderRecord, settling: SettlingFiles) {
    this.#ports = ports
    this.#settling = settling
    this.#folder = folder
    this.#ignore = ignoreRulesOf(folder)
    this.#below = folder.path.endsWith(path.sep) ? folder.path : folder.path + path.sep
  }

  /** As of the last full pass. */
  fileCount = 0

  get folderCount(): number {
    return this.#folderDates.size
  }

  get unreadableCount(): number {
    return this.#unreadable.size
  }

  follow(folder: WatchFolderRecord): void {
    this.#folder = folder
    this.#ignore = ignoreRulesOf(folder)
  }

  /** Forgets when folders were last seen to change, so that the next look takes nothing for granted. */
  forgetDates(): void {
    this.#folderDates.clear()
  }

  get ignoreRules(): IgnoreRules {
    return this.#ignore
  }

  isIgnored(file: string): boolean {
    if (file === this.#folder.path) return false
    return this.#ignore(comparable(this.relative(file))) !== null
  }

  relative(file: string): string {
    const below = file.startsWith(this.#below)
      ? file.slice(this.#below.length)
      : path.relative(this.#folder.path, file)
    return path.sep === '/' ? below : below.split(path.sep).join('/')
  }

  intakeFile(entry: WalkEntry): IntakeFile {
    const { path: file, sizeBytes, mtimeMs, inode } = entry
    return { path: file, sizeBytes, mtimeMs, inode, relativePath: this.relative(file) }
  }

  /** Files whose move was held back until their upload came to rest. */
  takeHeldMoves(uploadId: string): string[] {
    const held = [...(this.#heldMoves.get(uploadId) ?? [])]
    this.#heldMoves.delete(uploadId)
    return held
  }

  /** Looks at paths that something was said about. */
  async lookAtAll(paths: readonly string[], signal: AbortSignal): Promise<void> {
    const wanted = paths.filter((file) => !this.isIgnored(file))
    for (let at = 0; at < wanted.length; at += LOOKS_AT_ONCE) {
      signal.throwIfAborted()
      const some = wanted.slice(at, at + LOOKS_AT_ONCE)
      const entries = await this.#ports.fileSystem.statAll(some)
      await this.#seeAll(entries.flatMap((entry) => (entry instanceof AppError ? [] : entry)))
      for (const [place, entry] of entries.entries()) {
        const file = some[place] as string
        if (entry instanceof AppError) this.#missed(file, entry)
        else if (entry.kind === 'folder')
          await this.#readFolder(file, true, signal).catch((error: unknown) => this.#missed(file, error))
      }
    }
  }

  /** @throws whatever else stands in the way than that it went */
  #missed(file: string, error: unknown): void {
    if (findAppError(error)?.code !== 'file.missing') throw error
    const key = comparable(this.relative(file))
    if (this.#settling.has(key)) this.#settling.drop(key)
    else this.#settling.dropBelow(key)
  }

  /** Compares entries with what is known; news begins to settle. Entries that are no files are passed over. */
  async #seeAll(entries: readonly WalkEntry[]): Promise<void> {
    const { id } = this.#folder
    const seen = entries
      .filter(({ kind }) => kind === 'file')
      .map((entry) => {
        const file = this.intakeFile(entry)
        return { file, key: comparable(file.relativePath) }
      })
    const news = seen.filter(({ key }) => !this.#settling.has(key))
    const known = new Map<string, KnownSighting>()
    const unknown = new Set<string>()
    if (news.length > 0) {
      for (const sighting of this.#ports.journal.sightingsOf(
        id,
        news.map(({ key }) => key),
      ))
        known.set(sighting.key, sighting)
      for (const { file, key } of news) if (!known.has(key)) unknown.add(file.inode)
    }
    const moved = unknown.size > 0 ? this.#ports.journal.knownInodes(id, [...unknown]) : unknown
    for (const { file, key } of seen) {
      if (!this.#settling.has(key)) {
        const before = known.get(key)
        if (before && sameSighting(before, file)) continue
        if (!before && moved.has(file.inode) && (await this.#wasMoved(file, key))) continue
      }
      this.#unreadable.delete(file.path)
      this.#settle(file)
    }
  }

  #settle(file: IntakeFile): void {
    const { clock } = this.#ports
    const quietMs = quietBeforeMs(file.mtimeMs, this.#folder.rules.settleSeconds * 1000, clock.nowMs())
    this.#settling.see(file, clock.monotonicMs() - quietMs)
  }

  /** A file that is known under another name in this tree, which it left, keeps its upload. */
  async #wasMoved(file: IntakeFile, key: string): Promise<boolean> {
    for (const before of this.#ports.journal.filesWithInode(this.#folder.id, file.inode)) {
      if (!sameSighting(before, file)) continue
      const isThere = await this.#ports.fileSystem.stat(absolutePath(this.#folder, before.relativePath)).then(
        (entry) => entry.inode === file.inode,
        () => false,
      )
      if (isThere) continue
      const outcome = before.uploadId === null ? undefined : this.#ports.intake.outcome(before.uploadId)
      if (before.state === 'sent' && outcome?.state === 'active') {
        // The upload may end well or fail over the lost name: only then is it known what to do.
        const held = this.#heldMoves.get(outcome.uploadId) ?? new Set()
        this.#heldMoves.set(outcome.uploadId, held.add(file.path))
        return true
      }
      if (before.state === 'waits' || outcome?.state === 'failed') continue
      this.#ports.journal.save(this.#folder.id, [{ ...before, key, relativePath: file.relativePath }])
      this.#ports.journal.forget(this.#folder.id, [before.key])
      return true
    }
    return false
  }

  async #readFolder(folder: string, isDeep: boolean, signal: AbortSignal): Promise<void> {
    for await (const batch of this.#ports.fileSystem.walk(folder, {
      enter: (below) => (isDeep || !this.#folderDates.has(below)) && !this.isIgnored(below),
      signal,
    })) {
      const entries: WalkEntry[] = []
      for (const event of batch) {
        if ('problem' in event) this.#noteUnreadable(event.problem.path, event.problem.reason)
        else if (event.entry.kind === 'folder') {
          this.#folderDates.set(event.entry.path, event.entry.mtimeMs)
          if (event.entry.path === folder) this.#unreadable.delete(folder)
        } else if (!this.isIgnored(event.entry.path)) entries.push(event.entry)
      }
      await this.#seeAll(entries)
    }
  }

  /**
   * Everything is looked at.
   *
   * @returns keys of files that the journal knows and that were not met: they vanished, if the root was there all the time
   */
  async fullPass(signal: AbortSignal): Promise<string[]> {
    const { id, path: root } = this.#folder
    this.#unreadable.clear()
    this.#links.clear()
    const vanished = new Map<string, string>()
    for (const known of this.#ports.journal.sightings(id)) vanished.set(known.key, signature(known))
    // Nothing to look up: the first pass over a large tree is all news.
    const knowsNone = vanished.size === 0
    const folders = new Map<string, number>()
    let count = 0
    for await (const batch of this.#ports.fileSystem.walk(root, {
      enter: (folder) => !this.isIgnored(folder),
      signal,
    })) {
      const news: WalkEntry[] = []
      for (const event of batch) {
        if ('problem' in event) this.#noteUnreadable(event.problem.path, event.problem.reason)
        else if (event.entry.kind === 'folder') folders.set(event.entry.path, event.entry.mtimeMs)
        else if (event.entry.kind === 'file' && !this.isIgnored(event.entry.path)) {
          count++
          const key = comparable(this.relative(event.entry.path))
          const isKnown = vanished.get(key) === signature(event.entry)
          vanished.delete(key)
          if (isKnown) continue
          if (knowsNone) this.#settle(this.intakeFile(event.entry))
          else news.push(event.entry)
        } else if (event.entry.kind === 'symlink' && this.#links.size < MOST_UNREADABLE)
          this.#links.add(event.entry.path)
      }
      await this.#seeAll(news)
    }
    this.#folderDates.clear()
    for (const [folder, date] of folders) this.#folderDates.set(folder, date)
    this.fileCount = count
    return [...vanished.keys()]
  }

  /** Forgets files that vanished. What lies below a folder that could not be read may still be there. */
  forgetVanished(keys: readonly string[]): void {
    const hidden = [...this.#unreadable.keys()].map((file) => `${comparable(this.relative(file))}/`)
    const isHidden = (key: string) => hidden.some((folder) => folder === '/' || key.startsWith(folder))
    this.#ports.journal.forget(
      this.#folder.id,
      keys.filter((key) => !isHidden(key)),
    )
  }

  /**
   * Compares the dates of all folders with those at the last look: a mismatch shows what events missed, and is read anew.
   *
   * @param left told how many folders are still to be read, whenever that changes
   */
  async compareFolderDates(signal: AbortSignal, left: (folders: number) => void): Promise<void> {
    const folders = [...this.#folderDates]
    const changed: string[] = []
    for (let at = 0; at < folders.length; at += LOOKS_AT_ONCE) {
      signal.throwIfAborted()
      const some = folders.slice(at, at + LOOKS_AT_ONCE)
      const entries = await this.#ports.fileSystem.statAll(some.map(([folder]) => folder))
      for (const [place, now] of entries.entries()) {
        const [folder, date] = some[place] as [string, number]
        if (now instanceof AppError || now.kind !== 'folder') this.#folderDates.delete(folder)
        else if (now.mtimeMs !== date) changed.push(folder)
      }
    }
    try {
      for (const [at, folder] of changed.entries()) {
        left(changed.length - at)
        await this.#readFolder(folder, false, signal)
      }
    } finally {
      left(0)
    }
  }

  /** Files and folders that cannot be read, with the reason. */
  unreadable(): Iterable<[string, string]> {
    return this.#unreadable
  }

  /** Symbolic links as of the last full pass. */
  links(): Iterable<string> {
    return this.#links
  }

  #noteUnreadable(file: string, reason: string): void {
    if (this.#unreadable.size < MOST_UNREADABLE) this.#unreadable.set(file, reason)
  }
}

function ignoreRulesOf(folder: WatchFolderRecord): IgnoreRules {
  const byName = makeIgnoreRules(folder.rules.ignore)
  const doneFolder = doneFolderOf(folder)
  if (doneFolder === null) return byName
  // The done folder is never watched, wherever it lies.
  const place = path.relative(folder.path, doneFolder)
  const done = comparable(place.split(path.sep).join('/'))
  return (file) => (file === done || file.startsWith(`${done}/`) ? 'the done folder' : byName(file))
}

function signature(seen: { sizeBytes: number; mtimeMs: number; inode: string }): string {
  return `${seen.sizeBytes}/${seen.mtimeMs}/${inodeNumber(seen.inode)}`
}
