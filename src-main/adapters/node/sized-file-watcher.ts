import type { FileWatcher, WatchHint, WatchSession } from '../../ports/file-watcher.ts'

/** From about here on the memory that a watcher keeps per file outweighs its quicker events. */
export const LARGE_TREE_FILES = 20_000

/** Chooses by the number of files: one watcher for ordinary trees and for polling, another for large ones. */
export class SizedFileWatcher implements FileWatcher {
  readonly #small: FileWatcher
  readonly #large: FileWatcher
  readonly #largeFrom: number

  constructor(small: FileWatcher, large: FileWatcher, largeFrom = LARGE_TREE_FILES) {
    this.#small = small
    this.#large = large
    this.#largeFrom = largeFrom
  }

  watch(
    root: string,
    options: Parameters<FileWatcher['watch']>[1],
    onHint: (hint: WatchHint) => void,
  ): WatchSession {
    const isLarge = !options.polling && (options.fileCount ?? 0) >= this.#largeFrom
    if (isLarge) return this.#large.watch(root, options, onHint)
    const session = this.#small.watch(root, options, onHint)
    return options.polling ? session : { ...session, isOutgrown: (fileCount) => fileCount >= this.#largeFrom }
  }
}
