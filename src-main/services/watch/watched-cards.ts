import type { CardView } from '@contract/watch-folders.ts'
import type { ScannedFile } from '../../core/clip.ts'
import { type CardFolder, noteCard } from '../../core/intake/cards/card-folder.ts'
import type { IgnoreRules } from '../../core/intake/ignore-rules.ts'
import { comparable } from '../../core/intake/path-names.ts'
import { readinessGroup } from '../../core/intake/readiness-groups.ts'
import { sameSighting } from '../../core/intake/settle.ts'
import type { WatchedFile, WatchFolderRecord } from '../../ports/watch-journal.ts'
import { absolutePath } from './hand-over.ts'
import type { WatchPorts } from './watch-ports.ts'

/**
 * The camera cards of a watched folder, each looked at as it lies on the disk now.
 *
 * @throws AppError file.unreadable cancelled
 */
export async function watchedCards(
  ports: WatchPorts,
  folder: WatchFolderRecord,
  relative: (file: string) => string,
  isIgnored: IgnoreRules,
  signal: AbortSignal,
): Promise<CardView[]> {
  const views: CardView[] = []
  for (const { card, files } of cardsOf(ports, folder)) {
    // Rules speak of places below the watched folder.
    const above = comparable(relative(card.path))
    const ignored: IgnoreRules = (place) => isIgnored(above === '' ? place : `${above}/${place}`)
    const safety = await ports.planner.examineCard(
      card,
      ignored,
      (file) => openReason(ports, folder, comparable(relative(file.path)), file),
      signal,
    )
    views.push({ ...safety, isHeldBack: files.some(({ state }) => state === 'waits') })
  }
  return views
}

function cardsOf(ports: WatchPorts, folder: WatchFolderRecord): { card: CardFolder; files: WatchedFile[] }[] {
  const cards = new Map<string, CardFolder>()
  const files = new Map<string, WatchedFile[]>()
  for (const file of ports.journal.filesBelow(folder.id, '')) {
    const one = new Map<string, CardFolder>()
    noteCard(one, absolutePath(folder, file.relativePath), file.relativePath)
    for (const [place, card] of one) {
      const known = cards.get(place)
      cards.set(place, { ...card, kinds: [...new Set([...(known?.kinds ?? []), ...card.kinds])] })
      const members = files.get(place)
      if (members) members.push(file)
      else files.set(place, [file])
    }
  }
  return [...cards].map(([place, card]) => ({ card, files: files.get(place) ?? [] }))
}

/** Why a file is not verified; null when it is, as it lies there. */
function openReason(
  ports: WatchPorts,
  folder: WatchFolderRecord,
  key: string,
  seen: ScannedFile,
): string | null {
  const known = ports.journal.file(folder.id, key)
  if (!known) return 'It was not taken yet.'
  if (!sameSighting(known, seen)) return 'It changed since it was taken.'
  if (!known.isContent && known.state === 'done') return 'It was only read as metadata.'
  if (known.state === 'done') return null
  if (known.state === 'sent') return 'Its upload is not verified yet.'
  const verified = known.uploadId !== null && ports.intake.outcome(known.uploadId)?.state === 'done'
  return known.state === 'kept' && verified ? null : known.reason
}

/** Files of a card that wait, and the names that the card's clips are released by. */
export function waitingFiles(
  ports: WatchPorts,
  folder: WatchFolderRecord,
  cardPath: string,
): { files: WatchedFile[]; cards: Set<string> } {
  const files = cardsOf(ports, folder)
    .filter(({ card }) => card.path === cardPath)
    .flatMap((found) => found.files.filter(({ state }) => state === 'waits'))
  const cards = files.map(({ relativePath }) => readinessGroup(relativePath).card)
  return { files, cards: new Set(cards.filter((card) => card !== null)) }
}
