import type { PlanTargets } from '@contract/uploads.ts'
import type { PlannedClip, ScannedFile } from '../core/clip.ts'
import type { CardFolder, CardSafety } from '../core/intake/cards/card-folder.ts'
import type { PlannedField } from '../core/intake/describe-clip.ts'
import type { IntakeFile } from '../core/intake/intake-file.ts'
import type { Prospect, Prospects } from '../core/intake/prospect.ts'

/** From files to planned clips. Whoever plans (a drop, a watch folder, the command line) plans alike. */
export interface ClipPlanning {
  /**
   * Groups files, reads their sidecars and looks for duplicates. One bad file becomes a problem of its clip.
   *
   * @param files below one root; neither ignored nor settling
   */
  examine(
    files: readonly IntakeFile[],
    targets: PlanTargets,
    options?: {
      signal?: AbortSignal
      onClip?: (done: number, total: number) => void
      onHashed?: (bytes: number) => void
    },
  ): Promise<Prospects>
  /** Lays targets over what was found. No I/O, so that a change of targets answers at once. */
  settle(
    prospects: readonly Prospect[],
    targets: PlanTargets,
    fields: readonly PlannedField[] | null,
    /** Keys of incomplete clips that are taken as they are. */
    released?: ReadonlySet<string>,
  ): PlannedClip[]
  /** Why the chosen storage takes no bytes from here; null when it does. @throws AppError network.* auth.* */
  storageProblem(targets: PlanTargets, signal?: AbortSignal): Promise<string | null>
  /** Fields of the view of the targets; null without a view or an account. @throws AppError api.not-found network.* */
  fieldsOf(targets: PlanTargets, signal?: AbortSignal): Promise<PlannedField[] | null>
  /**
   * Looks at everything that is on a card now: it may be erased only when each file that is not ignored was verified as it lies there.
   *
   * @param isIgnored by the place below the card
   * @param fateOf null for a file that was verified, else why it was not
   * @throws AppError file.missing file.unreadable cancelled
   */
  examineCard(
    card: CardFolder,
    isIgnored: (relativePath: string) => string | null,
    fateOf: (file: ScannedFile) => string | null,
    signal?: AbortSignal,
  ): Promise<CardSafety>
  /** Field values of a clip's metadata sidecars. @throws AppError file.* */
  readSidecars(clip: { metadataSidecars: string[] }): Promise<Record<string, string[]>>
}
