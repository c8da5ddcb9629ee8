import path from 'node:path'
import type { HandedOver } from '@contract/shell.ts'
import { assetOfLink, isLink } from '../../core/deep-link.ts'

/**
 * Keeps what was handed over until a page takes it: files can arrive before there is a window, or while nobody is signed in.
 */
export class HandOver {
  readonly #own: ReadonlySet<string>
  readonly #listeners = new Set<() => void>()
  #waiting: HandedOver = { paths: [], assetId: null }

  /** @param own paths that are arguments of the program and no files of a person, such as the app's own folder */
  constructor(own: readonly string[] = []) {
    this.#own = new Set(own.map((file) => path.resolve(file)))
  }

  /**
   * Takes the arguments of a start.
   * @param args without the program itself; switches are passed over
   * @param directory what relative paths start from
   * @returns whether there was anything in them
   */
  offerArguments(args: readonly string[], directory: string): boolean {
    const given = args.filter((argument) => argument !== '' && !argument.startsWith('-'))
    const links = given.filter(isLink)
    const paths = given
      .filter((argument) => !isLink(argument))
      .map((argument) => path.resolve(directory, argument))
      .filter((file) => !this.#own.has(file))
    return this.#offer(paths, links)
  }

  offerPath(file: string): void {
    this.#offer([path.resolve(file)], [])
  }

  /** Anything but a link to an asset is passed over. */
  offerLink(link: string): void {
    this.#offer([], [link])
  }

  #offer(paths: readonly string[], links: readonly string[]): boolean {
    const assetId = links.map(assetOfLink).findLast((id) => id !== null) ?? null
    if (paths.length === 0 && assetId === null) return false
    this.#waiting = {
      paths: [...new Set([...this.#waiting.paths, ...paths])],
      assetId: assetId ?? this.#waiting.assetId,
    }
    for (const listener of this.#listeners) listener()
    return true
  }

  /** Hands everything out, once. */
  take(): HandedOver {
    const waiting = this.#waiting
    this.#waiting = { paths: [], assetId: null }
    return waiting
  }

  /** Called whenever something came. @returns stops it */
  onOffered(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
