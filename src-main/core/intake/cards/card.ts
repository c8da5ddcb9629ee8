import type { IntakeFile } from '../intake-file.ts'
import type { CardTree } from './card-tree.ts'

/**
 * One way in which cameras lay out their cards. Each is a module of its own and stands in the list of `card-kinds.ts`; nothing else knows
 * them by name. Facts about the layouts are those of the makers' manuals and of public importers.
 */
export interface CardKind {
  /** As people call it, such as "P2". */
  name: string
  /**
   * The card's own folder below the intake's root ('' when that is the card) if a file with this path belongs to such a card, else null. Told by
   * the path alone, since the other files may not have come yet.
   */
  place: (relativePath: string) => string | null
  /** Files that wait for each other, where that is less than the whole card: a key that is the same for them. */
  waitsWith?: (relativePath: string) => string
  /** Whether the files at hand make such a card. What does not fit is left to the other rules. */
  fits: (card: CardTree) => boolean
  /** Small files whose content tells of the clips. */
  indexFiles: (card: CardTree) => IntakeFile[]
  /** Clips of all cards of this kind, which may go on from one card to the next. */
  clips: (cards: readonly ReadCard[]) => CardClip[]
}

/** A card whose index was read. */
export interface ReadCard {
  tree: CardTree
  /** Content of an index file by its path; null when it could not be read. */
  content: (file: IntakeFile) => Uint8Array | null
}

/** A clip as a kind of card tells of it. */
export interface CardClip {
  /** Card that it begins on. */
  tree: CardTree
  /** The clip's name on the card. */
  id: string
  title: string
  /** Files with picture or sound, the one that stands for the clip first. */
  essence: IntakeFile[]
  /** What else belongs to it alone. */
  index: IntakeFile[]
  /** What the card names and the disk lacks, in whole sentences. A clip with any is held back. */
  missing: string[]
  /** What a person should know, and what holds nothing back. */
  remarks: string[]
}

/** A clip that a camera's folder structure tells of, as grouping takes it. */
export interface FoundCardClip {
  /** Structure, such as "P2". */
  kind: string
  /** Folder of the card below the intake's root; '' when the root is the card. */
  cardRoot: string
  /** Name of the card for people: its folder. */
  cardName: string
  /** The clip's name on the card. */
  id: string
  title: string
  /** All its files, the one that stands for it first. */
  files: IntakeFile[]
  /** Relative paths (below the intake's root) of those that carry picture or sound. */
  essence: ReadonlySet<string>
  /** Relative paths of those that are the whole card's, such as its list of clips; they travel with its first clip. */
  shared: ReadonlySet<string>
  missing: string[]
  remarks: string[]
}
