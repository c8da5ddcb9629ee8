import type { AssetId, UploadId } from '@contract/ids.ts'
import type { ClipDecision, ClipFile } from '../clip.ts'
import type { ClipKnowledge } from './describe-clip.ts'
import type { GroupedClip, Orphan } from './group-clips.ts'
import type { IntakeProblem } from './intake-file.ts'

/** What the search for duplicates found about a clip. */
export interface Judgement {
  decision: ClipDecision
  /** Files that are to be sent, where they are fewer than the clip's. */
  newFiles?: ClipFile[]
  duplicateOf: { assetId: AssetId | null; title: string; certain: boolean } | null
  /** Upload of this journal that brought what is skipped; null when iconik alone says that it is there. */
  original: { uploadId: UploadId; isVerified: boolean } | null
  note: string | null
  /** Key of the clip of the same plan that has the same bytes and goes in its place. */
  twinOf?: string
}

/** A clip with everything that was found out about it, before targets are laid over it. */
export interface Prospect {
  clip: GroupedClip
  knowledge: ClipKnowledge
  judgement: Judgement
  /** Why it could not be judged in full: a file that went away or cannot be read. */
  problem: string | null
}

export interface Prospects {
  prospects: Prospect[]
  problems: IntakeProblem[]
  /** Files that wait for a clip. */
  orphans: Orphan[]
}
