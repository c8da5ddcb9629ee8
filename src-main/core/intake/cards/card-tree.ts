import type { IntakeFile } from '../intake-file.ts'
import { baseName, caseless, folderOf, naturalOrder, splitName } from '../path-names.ts'

/** The files of one card by their place on it. Names count without case, since cameras and copy programs spell them either way. */
export class CardTree {
  /** Folder of the card below the intake's root; '' when the root is the card. */
  readonly root: string
  readonly files: readonly IntakeFile[]
  readonly #byPath = new Map<string, IntakeFile>()
  readonly #byFolder = new Map<string, IntakeFile[]>()
  readonly #subfolders = new Map<string, Set<string>>()

  constructor(root: string, files: readonly IntakeFile[]) {
    this.root = root
    this.files = files.toSorted((a, b) => naturalOrder(a.relativePath, b.relativePath))
    for (const file of this.files) {
      const path = this.pathOf(file)
      this.#byPath.set(path, file)
      let folder = folderOf(path)
      const siblings = this.#byFolder.get(folder)
      if (siblings) siblings.push(file)
      else this.#byFolder.set(folder, [file])
      while (folder !== '') {
        const above = folderOf(folder)
        const known = this.#subfolders.get(above)
        if (known?.has(folder)) break
        if (known) known.add(folder)
        else this.#subfolders.set(above, new Set([folder]))
        folder = above
      }
    }
  }

  /** Name of the card for people: the last part of its folder. */
  get name(): string {
    if (this.root !== '') return baseName(this.root)
    const [first] = this.files
    if (!first) return ''
    const above = first.path.slice(0, -first.relativePath.length - 1).replaceAll('\\', '/')
    return baseName(above)
  }

  /** Lower-case path below the card. */
  pathOf(file: IntakeFile): string {
    return caseless(this.root === '' ? file.relativePath : file.relativePath.slice(this.root.length + 1))
  }

  /** @param path below the card, in any case */
  file(path: string): IntakeFile | undefined {
    return this.#byPath.get(caseless(path))
  }

  /** Files right inside a folder, in their natural order. */
  in(folder: string): IntakeFile[] {
    return this.#byFolder.get(caseless(folder)) ?? []
  }

  /** Lower-case paths of the folders right inside a folder. */
  folders(folder: string): string[] {
    return [...(this.#subfolders.get(caseless(folder)) ?? [])].sort(naturalOrder)
  }
}

/** Name of a file without its extension, as the disk spells it. */
export function stemOf(file: IntakeFile): string {
  return splitName(baseName(file.relativePath)).stem
}

/** Lower-case extension without dot. */
export function kindOf(file: IntakeFile): string {
  return splitName(baseName(file.relativePath)).extension.toLowerCase()
}

/** Sentences on essence without content: a recording or a copy that was interrupted. */
export function emptyFiles(files: readonly IntakeFile[]): string[] {
  return files
    .filter((file) => file.sizeBytes === 0)
    .map((file) => `${baseName(file.relativePath)} is empty: the recording or the copy was interrupted.`)
}

/**
 * What stands before the last folder of a name, since a card may lie in folders that were named after it: "a/contents/clip/x" gives "a" for CONTENTS,
 * "contents/contents/clip/x" gives "contents". null when there is none. Asked for every file of a tree, so that the path is scanned once and not
 * taken apart.
 */
export function rootBefore(relativePath: string, folder: string): string | null {
  let expression = FOLDERS.get(folder)
  if (!expression) FOLDERS.set(folder, (expression = new RegExp(`^(?:(.*)/)?${folder}/`, 'is')))
  const found = expression.exec(relativePath)
  return found && (found[1] ?? '')
}

const FOLDERS = new Map<string, RegExp>()

/** The same above PRIVATE, where consumer cameras keep their structures. */
export function abovePrivate(root: string | null): string | null {
  return root === null ? null : /(^|\/)private$/i.test(root) ? folderOf(root) : root
}
