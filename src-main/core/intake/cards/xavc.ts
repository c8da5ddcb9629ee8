import type { CardKind } from './card.ts'
import { type CardTree, abovePrivate, rootBefore } from './card-tree.ts'
import { type SonyLayout, hasSonyClips, sonyClips } from './sony-clips.ts'

/** Sony XAVC on consumer and Alpha cards: PRIVATE/M4ROOT with MEDIAPRO.XML, CLIP, SUB and THMBNL. Photographs beside it in DCIM are not part of it. */
export const xavc: CardKind = {
  name: 'XAVC',
  place: (relativePath) => abovePrivate(rootBefore(relativePath, 'm4root')),
  fits: (card) => hasSonyClips(card, layoutOf(card)),
  indexFiles: (card) => [card.file(`${layoutOf(card).base}/mediapro.xml`) ?? []].flat(),
  clips: (cards) => cards.flatMap((card) => sonyClips(card, layoutOf(card.tree))),
}

function layoutOf(card: CardTree): SonyLayout {
  const base = card.folders('').includes('private') ? 'private/m4root' : 'm4root'
  return { base, clips: 'clip', beside: ['sub', 'thmbnl'] }
}
