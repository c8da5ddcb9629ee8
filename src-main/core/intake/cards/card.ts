import type { IntakeFile } from '../intake-file.ts'

/** A clip that a camera's folder structure tells of. */
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
  /** What the card's index names and the disk lacks, in words. */
  missing: string[]
}
