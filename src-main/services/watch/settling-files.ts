import type { IntakeFile } from '../../core/intake/intake-file.ts'
import { comparable } from '../../core/intake/path-names.ts'
import { type ReadinessGroup, readinessGroup } from '../../core/intake/readiness-groups.ts'
import {
  type Settling,
  beginSettling,
  disturb,
  isHot,
  nextLookMs,
  observe,
  remainingMs,
  sameSighting,
} from '../../core/intake/settle.ts'

/** Files looked at for each one that is shown. */
const LOOKED_AT_FOR_VIEW = 20

/** Kept small: a folder with a hundred thousand new files has as many of these at once. */
interface SettlingFile extends Settling {
  relativePath: string
  group: string
  isLong: boolean
}

/** Files that wait for each other, and what is looked at when they are ready. */
export interface ReadyGroup {
  group: ReadinessGroup
  files: IntakeFile[]
}

export interface SettlingView {
  path: string
  sizeBytes: number
  quietMs: number
  neededMs: number
}

/** Files that are being written, grouped by what has to be quiet together. Times are of one clock that never goes back. */
export class SettlingFiles {
  readonly #files = new Map<string, SettlingFile>()
  /** Keys by group; most groups have one file, whose key then stands for itself. */
  readonly #groups = new Map<string, string | Set<string>>()
  /** How many settling files lie below each folder, at any depth. */
  readonly #below = new Map<string, number>()
  /** Those that were seen to change: only they can be hot. */
  readonly #restless = new Set<string>()
  readonly #pathOf: (relativePath: string) => string
  #settleMs: number
  #groupSettleMs: number

  /** @param pathOf absolute path of a file below the root */
  constructor(pathOf: (relativePath: string) => string, settleMs: number, groupSettleMs: number) {
    this.#pathOf = pathOf
    this.#settleMs = settleMs
    this.#groupSettleMs = groupSettleMs
  }

  get size(): number {
    return this.#files.size
  }

  setTimes(settleMs: number, groupSettleMs: number): void {
    this.#settleMs = settleMs
    this.#groupSettleMs = groupSettleMs
  }

  has(key: string): boolean {
    return this.#files.has(key)
  }

  /** A look at a file, the first or a later one. */
  see(file: IntakeFile, seenMs: number): void {
    // Whole numbers are kept in place; others cost an object each.
    const atMs = Math.round(seenMs)
    const key = comparable(file.relativePath)
    const before = this.#files.get(key)
    if (before) {
      const settling = observe(before, file, atMs)
      if (settling === before) return
      this.#files.set(key, settling)
      this.#restless.add(key)
      return
    }
    const { key: group, isLong } = readinessGroup(file.relativePath)
    // A piece of a longer path would keep all of it; the same text twice is kept once.
    const own = key.split('/').join('/')
    const relativePath = key === file.relativePath ? own : file.relativePath
    this.#files.set(own, { relativePath, ...beginSettling(file, atMs), group, isLong })
    this.#countBelow(key, 1)
    const members = this.#groups.get(group)
    if (members === undefined) this.#groups.set(group, own)
    else if (typeof members === 'string') this.#groups.set(group, new Set([members, own]))
    else members.add(own)
  }

  /** Someone has it open for writing. */
  disturb(file: IntakeFile, atMs: number): void {
    const before = this.#files.get(comparable(file.relativePath))
    if (before) this.#files.set(comparable(file.relativePath), disturb(before, atMs))
  }

  drop(key: string): void {
    const before = this.#files.get(key)
    if (!before) return
    this.#files.delete(key)
    this.#restless.delete(key)
    this.#countBelow(key, -1)
    const members = this.#groups.get(before.group)
    if (members === undefined || typeof members === 'string') this.#groups.delete(before.group)
    else {
      members.delete(key)
      if (members.size === 0) this.#groups.delete(before.group)
    }
  }

  /** Drops everything below a folder of the tree. */
  dropBelow(folderKey: string): void {
    if (!this.#below.has(folderKey)) return
    for (const key of Array.from(this.#files.keys())) if (key.startsWith(`${folderKey}/`)) this.drop(key)
  }

  clear(): void {
    this.#files.clear()
    this.#groups.clear()
    this.#below.clear()
    this.#restless.clear()
  }

  #countBelow(key: string, change: 1 | -1): void {
    for (let at = key.lastIndexOf('/'); at > 0; at = key.lastIndexOf('/', at - 1)) {
      const folder = key.slice(0, at)
      const count = (this.#below.get(folder) ?? 0) + change
      if (count > 0) this.#below.set(folder, count)
      else this.#below.delete(folder)
    }
  }

  /** Groups whose members have all been quiet for long enough. */
  due(atMs: number): ReadyGroup[] {
    const ready: ReadyGroup[] = []
    for (const members of this.#groups.values()) {
      if (this.#groupWaitMs(members, atMs) > 0) continue
      const files = keysOf(members).map((key) => this.#intakeFile(this.#files.get(key) as SettlingFile))
      const [first] = files
      if (first) ready.push({ group: readinessGroup(first.relativePath), files })
    }
    return ready
  }

  /** Time until the next group could be ready; null when nothing settles. */
  nextDueMs(atMs: number): number | null {
    let next: number | null = null
    for (const members of this.#groups.values()) {
      const waitMs = this.#groupWaitMs(members, atMs)
      if (next === null || waitMs < next) next = waitMs
      if (next <= 0) break
    }
    return next
  }

  /** Whether a look now shows the same as the last one. */
  isUnchanged(file: IntakeFile): boolean {
    const before = this.#files.get(comparable(file.relativePath))
    return before !== undefined && sameSighting(before, file)
  }

  /** Files that do not come to rest, by their absolute path. */
  hot(atMs: number): string[] {
    const paths: string[] = []
    for (const key of this.#restless) {
      const file = this.#files.get(key)
      if (file && isHot(file, this.#neededMs(file), atMs)) paths.push(this.#pathOf(file.relativePath))
    }
    return paths
  }

  /** At most `limit` of them, those that are ready soonest first; of very many a good guess at them. */
  view(limit: number, atMs: number): SettlingView[] {
    // They stand in the order in which they were first seen, which is nearly that in which they will be ready.
    const first: SettlingFile[] = []
    for (const file of this.#files.values()) {
      if (first.length >= limit * LOOKED_AT_FOR_VIEW) break
      first.push(file)
    }
    const waitMs = (file: SettlingFile) => remainingMs(file, this.#neededMs(file), atMs)
    const soonest = first.sort((a, b) => waitMs(a) - waitMs(b)).slice(0, limit)
    return soonest.map((file) => ({
      path: this.#pathOf(file.relativePath),
      sizeBytes: file.sizeBytes,
      quietMs: atMs - file.quietSinceMs,
      neededMs: this.#neededMs(file),
    }))
  }

  #intakeFile({ relativePath, sizeBytes, mtimeMs, inode }: SettlingFile): IntakeFile {
    return { path: this.#pathOf(relativePath), relativePath, sizeBytes, mtimeMs, inode }
  }

  #neededMs({ isLong }: SettlingFile): number {
    return isLong ? Math.max(this.#groupSettleMs, this.#settleMs) : this.#settleMs
  }

  #groupWaitMs(members: string | ReadonlySet<string>, atMs: number): number {
    if (typeof members === 'string') return this.#fileWaitMs(members, atMs)
    let waitMs = 0
    for (const key of members) waitMs = Math.max(waitMs, this.#fileWaitMs(key, atMs))
    return waitMs
  }

  #fileWaitMs(key: string, atMs: number): number {
    const file = this.#files.get(key) as SettlingFile
    const neededMs = this.#neededMs(file)
    const left = remainingMs(file, neededMs, atMs)
    return left > 0 && isHot(file, neededMs, atMs) ? nextLookMs(file, neededMs, atMs) : left
  }
}

function keysOf(members: string | ReadonlySet<string>): string[] {
  return typeof members === 'string' ? [members] : [...members]
}
