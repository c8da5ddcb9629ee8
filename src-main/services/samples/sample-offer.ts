import type { CommittedPlan } from '../../core/clip.ts'
import { findAppError } from '../../core/errors.ts'
import type { AccountSession } from '../../ports/account-session.ts'
import type { Logger } from '../../ports/logger.ts'
import type { SampleClips } from '../../ports/sample-clips.ts'
import type { UploadIntake } from '../../ports/upload-intake.ts'

/** Of the collection, and of the batch in the queue. */
const TITLE = 'Sample clips'

export interface SampleOfferDependencies {
  samples: SampleClips
  /** The path that drops and commands take, too. */
  plan: (paths: string[], collectionPath: string[]) => Promise<CommittedPlan>
  intake: Pick<UploadIntake, 'enqueue'>
  session: AccountSession
  logger: Logger
}

/** Puts ten generated clips into a new local workspace, by the way that every clip takes. */
export class SampleOffer {
  readonly #deps: SampleOfferDependencies

  constructor(deps: SampleOfferDependencies) {
    this.#deps = deps
  }

  /**
   * Makes the clips and queues them. A failure is logged and spoils nothing: the workspace works without samples.
   *
   * @param directory where the clips are made; they stay there as the sources of the uploads
   */
  async add(directory: string): Promise<void> {
    const { samples, plan, intake, session, logger } = this.#deps
    const before = session.current()
    try {
      const paths = await samples.make(directory)
      // Somebody who went on to another account meanwhile does not want them there.
      if (!before || session.current() !== before) return
      await intake.enqueue({ ...(await plan(paths, [TITLE])), title: TITLE })
    } catch (error) {
      logger.warn('the sample clips could not be made', { error: findAppError(error)?.message ?? error })
    }
  }
}
