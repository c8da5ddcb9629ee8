import { AppError } from '../../core/errors.ts'
import { type CardReading, findCards, readCards } from '../../core/intake/cards/find-cards.ts'
import type { IntakeFile, IntakeProblem } from '../../core/intake/intake-file.ts'
import type { FileSystem } from '../../ports/file-system.ts'

/** Lists of large cards pass a megabyte. */
const LARGEST_INDEX_BYTES = 16_000_000

/**
 * Clips of the camera cards among files, by what the cards' index files say.
 *
 * @param problems takes index files that could not be read
 * @throws AppError cancelled
 */
export async function readCardClips(
  fileSystem: Pick<FileSystem, 'readSmall'>,
  files: readonly IntakeFile[],
  problems: IntakeProblem[],
  signal: AbortSignal | undefined,
): Promise<CardReading> {
  const cards = findCards(files)
  const contents = new Map<IntakeFile, Uint8Array>()
  for (const { kind, tree } of cards)
    for (const file of kind.indexFiles(tree)) {
      signal?.throwIfAborted()
      try {
        contents.set(file, await fileSystem.readSmall(file.path, LARGEST_INDEX_BYTES))
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        problems.push({ path: file.path, reason: error.message })
      }
    }
  return readCards(cards, (file) => contents.get(file) ?? null)
}

/** What cards name and the disk lacks altogether, as problems of the cards. */
export function lostClips(files: readonly IntakeFile[], { lost }: CardReading): IntakeProblem[] {
  return lost.map(({ kind, cardRoot, cardName, missing }) => {
    const inside = cardRoot === '' ? '' : `${cardRoot}/`
    const any = files.find(({ relativePath }) => relativePath.startsWith(inside))
    const path = any
      ? any.path.slice(0, any.path.length - any.relativePath.length + cardRoot.length)
      : cardRoot
    return { path, reason: `The ${kind} card ${cardName} is incomplete. ${missing.join(' ')}` }
  })
}
