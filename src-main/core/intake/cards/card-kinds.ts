import { avchd } from './avchd.ts'
import { canonXf } from './canon-xf.ts'
import type { CardKind } from './card.ts'
import { goPro } from './gopro.ts'
import { p2 } from './p2.ts'
import { red } from './red.ts'
import { xavc } from './xavc.ts'
import { xdcamDisc } from './xdcam-disc.ts'
import { xdcamEx } from './xdcam-ex.ts'

/** Every card layout that is known. What two of them claim goes to the first; XDCAM discs, whose folders have plain names, come late. */
export const CARD_KINDS: readonly CardKind[] = [p2, canonXf, xavc, xdcamEx, avchd, red, xdcamDisc, goPro]

/** The kind of card that a path belongs to, with the card's folder below the root; null for a file of no card. By the path alone. */
export function cardPlaceOf(relativePath: string): { kind: CardKind; root: string } | null {
  for (const kind of CARD_KINDS) {
    const root = kind.place(relativePath)
    if (root !== null) return { kind, root }
  }
  return null
}
