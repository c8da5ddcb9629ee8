import type { CardView } from '@contract/watch-folders.ts'
import type { ScannedFile } from '../../core/clip.ts'
import { type CardFolder, noteCard } from '../../core/intake/cards/card-folder.ts'
import type { IgnoreRules } from '../../core/intake/ignore-rules.ts'
import { comparable, naturalOrder } from '../../core/intake/path-names.ts'
import { readinessGroup } from '../../core/intake/readiness-groups.ts'
import { sameSighting } from '../../core/intake/settle.ts'
import type { WatchedFile, WatchFolderRecord } from '../../ports/watch-journal.ts'
import { absolutePath } from './hand-over.ts'
import type { WatchPorts } from './watch-ports.ts'

const FILES_AT_ONCE = 1000
const MOST_MISSING = 20

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
  for (const { card, waiting } of (await cardsOf(ports, folder, signal)).values()) {
    // Rules speak of places below the watched folder.
    const above = comparable(relative(card.path))
    const ignored: IgnoreRules = (place) => isIgnored(above === '' ? place : `${above}/${place}`)
    const safety = await ports.planner.examineCard(
      card,
      ignored,
      (file) => openReason(ports, folder, comparable(relative(file.path)), file),
      signal,
    )
    const lacks = new Set([...waiting.map(({ reason }) => reason), ...safety.missing])
    views.push({
      ...safety,
      isHeldBack: waiting.length > 0,
      missing: [...lacks].filter((sentence) => sentence !== '').slice(0, MOST_MISSING),
    })
  }
  return views.sort((a, b) => naturalOrder(a.path, b.path))
}

interface WatchedCard {
  card: CardFolder
  /** Its files that wait for a part, or for a person. */
  waiting: WatchedFile[]
}

/** The cards that known files lie on, by their folder. Read in portions, so that a tree of 100,000 files stops nothing else. */
async function cardsOf(
  ports: WatchPorts,
  folder: WatchFolderRecord,
  signal: AbortSignal,
): Promise<Map<string, WatchedCard>> {
  const cards = new Map<string, WatchedCard>()
  for (let after = ''; ;) {
    signal.throwIfAborted()
    const files = ports.journal.filesAfter(folder.id, after, FILES_AT_ONCE)
    noteCards(folder, files, cards)
    if (files.length < FILES_AT_ONCE) return cards
    after = files.at(-1)?.key ?? ''
    await new Promise<void>((resume) => setImmediate(resume))
  }
}

function noteCards(
  folder: WatchFolderRecord,
  files: readonly WatchedFile[],
  cards: Map<string, WatchedCard>,
): void {
  for (const file of files) {
    const found = new Map<string, CardFolder>()
    noteCard(found, absolutePath(folder, file.relativePath), file.relativePath)
    for (const [place, card] of found) {
      const known = cards.get(place) ?? { card, waiting: [] }
      known.card = { ...card, kinds: [...new Set([...known.card.kinds, ...card.kinds])] }
      if (file.state === 'waits') known.waiting.push(file)
      cards.set(place, known)
    }
  }
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
  const found = new Map<string, WatchedCard>()
  noteCards(folder, ports.journal.filesInState(folder.id, 'waits'), found)
  const files = found.get(cardPath)?.waiting ?? []
  const cards = files.map(({ relativePath }) => readinessGroup(relativePath).card)
  return { files, cards: new Set(cards.filter((card) => card !== null)) }
}
