import path from 'node:path'
import { AppError } from '../../core/errors.ts'
import { makeIgnoreRules } from '../../core/intake/ignore-rules.ts'
import type { IntakeFile, IntakeProblem } from '../../core/intake/intake-file.ts'
import { naturalOrder } from '../../core/intake/path-names.ts'
import { remainingByDateMs, sameSighting } from '../../core/intake/settle.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileSystem, WalkEntry } from '../../ports/file-system.ts'

/** Files below one root: the folder that was dropped, or the folder that holds the files that were. */
export interface ScannedRoot {
  rootPath: string
  files: IntakeFile[]
}

export interface Scan {
  roots: ScannedRoot[]
  problems: IntakeProblem[]
  ignoredCount: number
}

export interface ScanOptions {
  ignore?: readonly string[]
  settleMs: number
  /** How long a file that keeps changing is waited for before it is reported instead. */
  patienceMs: number
  signal?: AbortSignal
  onProgress?: (progress: { scannedFiles: number; settling: number }) => void
}

/**
 * Everything below the paths that a person handed over, ready to be read. One folder is its own root; several paths keep
 * their names below the folder that holds them. A path that is given twice, or lies in another one, counts once.
 *
 * @throws AppError file.missing or file.unreadable when no path at all can be read
 */
export async function scanPaths(
  world: { fileSystem: FileSystem; clock: Clock },
  paths: readonly string[],
  options: ScanOptions,
): Promise<Scan> {
  const scan: Scan = { roots: [], problems: [], ignoredCount: 0 }
  const named = [...new Set(paths.map((given) => path.resolve(given)))].sort()
  const tops = outermost(named)
  const isIgnored = makeIgnoreRules(options.ignore)
  const roots = new Map<string, ScannedRoot>()
  const failures: unknown[] = []
  let scannedFiles = 0
  for (const top of tops) {
    try {
      const entry = await world.fileSystem.stat(top)
      const rootPath = tops.length === 1 && entry.kind === 'folder' ? top : path.dirname(top)
      const root = roots.get(rootPath) ?? { rootPath, files: [] }
      roots.set(rootPath, root)
      const relative = (file: string) => path.relative(rootPath, file).split(path.sep).join('/')
      const inside = named.filter((given) => given !== top && isWithin(given, top))
      await reportMissing(world.fileSystem, inside, scan.problems)
      // Whoever hands over "~takes" or ".cache" by name means it: only what is below is judged by name.
      const nearest = (file: string) => inside.findLast((given) => isWithin(file, given)) ?? top
      const judged = (file: string, from: string) => path.relative(from, file).split(path.sep).join('/')
      const leftOut = (file: string) => {
        const from = nearest(file)
        return file !== from && isIgnored(judged(file, from)) !== null
      }
      for await (const batch of world.fileSystem.walk(top, {
        enter: (folder) => !leftOut(folder) || inside.some((given) => isWithin(given, folder)),
        ...(options.signal ? { signal: options.signal } : {}),
      }))
        for (const event of batch) {
          if ('problem' in event) scan.problems.push(event.problem)
          else if (event.entry.kind === 'folder') continue
          else if (leftOut(event.entry.path)) scan.ignoredCount++
          else if (event.entry.kind === 'file') {
            root.files.push(intakeFile(event.entry, relative(event.entry.path)))
            if (++scannedFiles % 500 === 0) options.onProgress?.({ scannedFiles, settling: 0 })
          } else scan.problems.push({ path: event.entry.path, reason: unsupported(event.entry) })
        }
    } catch (error) {
      if (!(error instanceof AppError) || !error.code.startsWith('file.')) throw error
      failures.push(error)
      scan.problems.push({ path: top, reason: String(error.details['reason'] ?? 'It is not there.') })
    }
  }
  if (failures.length > 0 && failures.length === tops.length) throw failures[0]
  for (const root of roots.values()) {
    root.files = await settled(world, root.files, scan.problems, scannedFiles, options)
    root.files.sort((a, b) => naturalOrder(a.relativePath, b.relativePath))
  }
  scan.roots = [...roots.values()]
  options.onProgress?.({ scannedFiles, settling: 0 })
  return scan
}

export function intakeFile(entry: WalkEntry, relativePath: string): IntakeFile {
  const { path, sizeBytes, mtimeMs, inode } = entry
  return { path, sizeBytes, mtimeMs, inode, relativePath }
}

function unsupported(entry: WalkEntry): string {
  return entry.kind === 'symlink'
    ? 'It is a symbolic link, which is not followed.'
    : 'It is neither a file nor a folder.'
}

/** A path that was named and is not there is told, also where another one that was named holds it. */
async function reportMissing(
  fileSystem: FileSystem,
  paths: readonly string[],
  problems: IntakeProblem[],
): Promise<void> {
  for (const given of paths)
    try {
      await fileSystem.stat(given)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'file.missing') throw error
      problems.push({ path: given, reason: String(error.details['reason'] ?? 'It is not there.') })
    }
}

/** @param sorted in the order of their names */
function outermost(sorted: readonly string[]): string[] {
  const kept: string[] = []
  for (const candidate of sorted) if (!kept.some((outer) => isWithin(candidate, outer))) kept.push(candidate)
  return kept
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(path.sep) ? outer : outer + path.sep)
}

/** Waits for young files and for those that someone has open for writing; what does not come to rest becomes a problem. */
async function settled(
  world: { fileSystem: FileSystem; clock: Clock },
  files: readonly IntakeFile[],
  problems: IntakeProblem[],
  scannedFiles: number,
  options: ScanOptions,
): Promise<IntakeFile[]> {
  const { fileSystem, clock } = world
  const nowMs = clock.nowMs()
  const open = (await fileSystem.openForWriting(files.map((file) => file.path))) ?? new Set<string>()
  const ready: IntakeFile[] = []
  let waiting: { file: IntakeFile; readyAtMs: number }[] = []
  for (const file of files) {
    const left = open.has(file.path)
      ? options.settleMs
      : remainingByDateMs(file.mtimeMs, options.settleMs, nowMs)
    if (left === 0) ready.push(file)
    else waiting.push({ file, readyAtMs: clock.monotonicMs() + left })
  }
  const giveUpMs = clock.monotonicMs() + options.patienceMs
  while (waiting.length > 0 && clock.monotonicMs() < giveUpMs) {
    options.onProgress?.({ scannedFiles, settling: waiting.length })
    const nextMs = Math.min(...waiting.map(({ readyAtMs }) => readyAtMs))
    await clock.sleep(Math.max(50, Math.min(nextMs - clock.monotonicMs(), 1000)), options.signal)
    const stillOpen = (await fileSystem.openForWriting(waiting.map(({ file }) => file.path))) ?? new Set()
    const next: typeof waiting = []
    for (const entry of waiting) {
      const looked = await lookAgain(fileSystem, entry.file)
      if ('problem' in looked) problems.push(looked.problem)
      else if (!sameSighting(looked.file, entry.file) || stillOpen.has(entry.file.path))
        next.push({ file: looked.file, readyAtMs: clock.monotonicMs() + options.settleMs })
      else if (clock.monotonicMs() >= entry.readyAtMs) ready.push(looked.file)
      else next.push(entry)
    }
    waiting = next
  }
  for (const { file } of waiting)
    problems.push({
      path: file.path,
      reason: 'It is still being written. Hand it over again when the copy has finished.',
    })
  return ready
}

async function lookAgain(
  fileSystem: FileSystem,
  file: IntakeFile,
): Promise<{ file: IntakeFile } | { problem: IntakeProblem }> {
  try {
    return { file: intakeFile(await fileSystem.stat(file.path), file.relativePath) }
  } catch (error) {
    if (error instanceof AppError)
      return { problem: { path: file.path, reason: String(error.details['reason'] ?? 'It went away.') } }
    throw error
  }
}
