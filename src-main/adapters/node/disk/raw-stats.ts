// What a stat says, read the same way on the main thread and on disk threads.
import type { BigIntStats } from 'node:fs'
import type { EntryKind } from '../../../ports/file-system.ts'

export function kindOf(stats: BigIntStats): EntryKind {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}

/** The same sum that Node makes for a plain stat, so that dates from either agree to the last bit. */
export function millisecondsOf(ns: bigint): number {
  return Number(ns / 1_000_000_000n) * 1000 + Number(ns % 1_000_000_000n) / 1e6
}
