import type { IntakeFile } from '../../core/intake/intake-file.ts'
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
import { comparable } from '../../core/intake/path-names.ts'

interface SettlingFile {
  file: IntakeFile
  settling: Settling
  group: ReadinessGroup
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
  readonly #groups = new Map<string, Set<string>>()
  /** How many settling files lie below each folder, at any depth. */
  readonly #below = new Map<string, number>()
  #settleMs: number
  #groupSettleMs: number

  constructor(settleMs: number, groupSettleMs: number) {
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

  /** A look at a file, the first or a later one. @returns whether it was news */
  see(file: IntakeFile, atMs: number): boolean {
    const key = comparable(file.relativePath)
    const before = this.#files.get(key)
    if (before) {
      const settling = observe(before.settling, file, atMs)
      this.#files.set(key, { ...before, file, settling })
      return settling !== before.settling
    }
    const group = readinessGroup(file.relativePath)
    this.#files.set(key, { file, settling: beginSettling(file, atMs), group })
    this.#countBelow(key, 1)
    const members = this.#groups.get(group.key)
    if (members) members.add(key)
    else this.#groups.set(group.key, new Set([key]))
    return true
  }

  /** Someone has it open for writing. */
  disturb(file: IntakeFile, atMs: number): void {
    const key = comparable(file.relativePath)
    const before = this.#files.get(key)
    if (before) this.#files.set(key, { ...before, settling: disturb(before.settling, atMs) })
  }

  drop(key: string): void {
    const before = this.#files.get(key)
    if (!before) return
    this.#files.delete(key)
    this.#countBelow(key, -1)
    const members = this.#groups.get(before.group.key)
    members?.delete(key)
    if (members?.size === 0) this.#groups.delete(before.group.key)
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
      const files = [...members].map((key) => this.#files.get(key) as SettlingFile)
      const [first] = files
      if (first) ready.push({ group: first.group, files: files.map(({ file }) => file) })
    }
    return ready
  }

  /** Time until the next group could be ready; null when nothing settles. */
  nextDueMs(atMs: number): number | null {
    let next: number | null = null
    for (const members of this.#groups.values()) {
      const waitMs = this.#groupWaitMs(members, atMs)
      if (next === null || waitMs < next) next = waitMs
    }
    return next
  }

  /** Whether a look now shows the same as the last one. */
  isUnchanged(file: IntakeFile): boolean {
    const before = this.#files.get(comparable(file.relativePath))
    return before !== undefined && sameSighting(before.settling, file)
  }

  /** Files that do not come to rest. */
  hotCount(atMs: number): number {
    let count = 0
    for (const { settling, group } of this.#files.values())
      if (isHot(settling, this.#neededMs(group), atMs)) count++
    return count
  }

  /** At most `limit` of them, those that are ready soonest first. */
  view(limit: number, atMs: number): SettlingView[] {
    const soonest = [...this.#files.values()]
      .map((entry) => ({ entry, waitMs: remainingMs(entry.settling, this.#neededMs(entry.group), atMs) }))
      .sort((a, b) => a.waitMs - b.waitMs)
      .slice(0, limit)
    return soonest.map(({ entry }) => ({
      path: entry.file.path,
      sizeBytes: entry.file.sizeBytes,
      quietMs: atMs - entry.settling.quietSinceMs,
      neededMs: this.#neededMs(entry.group),
    }))
  }

  #neededMs(group: ReadinessGroup): number {
    return group.isLong ? Math.max(this.#groupSettleMs, this.#settleMs) : this.#settleMs
  }

  #groupWaitMs(members: ReadonlySet<string>, atMs: number): number {
    let waitMs = 0
    for (const key of members) {
      const { settling, group } = this.#files.get(key) as SettlingFile
      const neededMs = this.#neededMs(group)
      const left = remainingMs(settling, neededMs, atMs)
      if (left > 0)
        waitMs = Math.max(
          waitMs,
          isHot(settling, neededMs, atMs) ? nextLookMs(settling, neededMs, atMs) : left,
        )
    }
    return waitMs
  }
}
