import type { HashedFile, Hasher } from '../../ports/hasher.ts'

/** Reads a file for its content once, however often a plan asks for it. Kept no longer than the plan is made: the file may change after that. */
export function hashOnce(hasher: Hasher): Hasher {
  const read = new Map<string, Promise<HashedFile>>()
  return {
    hashFile(path, names, options) {
      const before = read.get(path)
      if (before && names.every((name) => name === 'xxh128')) return before
      const hashed = hasher.hashFile(path, names, options)
      read.set(path, hashed)
      // What could not be read is tried again by whoever asks next; whoever asked now is told.
      hashed.catch(() => read.delete(path))
      return hashed
    },
  }
}
