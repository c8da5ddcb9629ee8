import path from 'node:path'
import type { WatchRules } from '@contract/watch-folders.ts'
import { AppError } from '../../core/errors.ts'

/** A watched folder, or one that is about to be, as far as it matters for where files go. */
export interface RuledRoot {
  path: string
  rules: Pick<WatchRules, 'after'>
}

/** Where verified files are moved to; null when they stay or are deleted. */
export function doneFolderOf({ path: root, rules: { after } }: RuledRoot): string | null {
  return after.do === 'move' ? path.resolve(root, after.directory) : null
}

/**
 * What is moved to a place that is watched comes in again, and is moved again, for ever. Below its own root a done folder is
 * fine, since it is not watched there.
 *
 * @param others watched besides
 * @throws AppError watch.overlap naming both folders
 */
export function refuseWatchedDoneFolder(root: RuledRoot, others: Iterable<RuledRoot>): void {
  const done = doneFolderOf(root)
  const itself = movesToItself(root)
  if (itself !== null) throw overlap(itself, root)
  for (const other of others) {
    if (done !== null && watches(other, done))
      throw overlap(`Verified files cannot be moved to ${done}: ${other.path} is watched too.`, other)
    const otherDone = doneFolderOf(other)
    if (otherDone !== null && watches(root, otherDone))
      throw overlap(
        `${root.path} cannot be watched: the verified files of ${other.path} are moved to ${otherDone}.`,
        other,
      )
  }
}

/** Why nothing is moved although the rules say so; null when there is no such reason. */
export function movesToItself(root: RuledRoot): string | null {
  const done = doneFolderOf(root)
  return done !== null && contains(done, root.path) && contains(root.path, done)
    ? `Verified files cannot be moved to ${done}: that is the watched folder ${root.path} itself.`
    : null
}

function watches(root: RuledRoot, folder: string): boolean {
  const done = doneFolderOf(root)
  return contains(root.path, folder) && (done === null || !contains(done, folder))
}

const overlap = (message: string, other: RuledRoot) =>
  new AppError('watch.overlap', message, { details: { other: other.path } })

/** Whether one path is the other or lies below it. */
export function contains(outer: string, inner: string): boolean {
  const relative = path.relative(outer.normalize('NFC'), inner.normalize('NFC'))
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative))
}
