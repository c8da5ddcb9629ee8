import type { UploadId } from '@contract/ids.ts'
import { makeIgnoreRules } from '../core/intake/ignore-rules.ts'
import { type ScannedFile, sameInode } from '../core/clip.ts'
import { type CardSafety, cardFoldersOf } from '../core/intake/cards/card-folder.ts'
import type { PlannedPaths } from '../services/intake/plan-paths.ts'
import type { CliServices, CliWorld } from './cli-world.ts'

/** Says of each camera card of a plan whether it is safe to erase. */
export async function tellCards(
  world: CliWorld,
  services: CliServices,
  planned: PlannedPaths,
  uploadIds: readonly (UploadId | null)[],
): Promise<void> {
  const isIgnored = makeIgnoreRules()
  const duplicates = verifiedDuplicates(services, planned, uploadIds)
  for (const card of cardFoldersOf(planned.plan.clips))
    tellCard(
      world,
      await services.planner.examineCard(card, isIgnored, (file) =>
        duplicates.has(file.path) || isVerified(services, file) ? null : 'It was not verified.',
      ),
    )
}

export function tellCard({ output }: Pick<CliWorld, 'output'>, card: CardSafety): void {
  const { path, name, kinds, files, verifiedFiles, sizeBytes, isSafeToErase, missing, open } = card
  output.event('card', { path, name, kinds, files, verifiedFiles, sizeBytes, isSafeToErase, missing, open })
  output.say(
    isSafeToErase
      ? `card  ${path}: all ${files} files are verified. It is safe to erase.`
      : `card  ${path}: ${[`${verifiedFiles} of ${files} files are verified.`, ...missing].join(' ')} Do not erase it.`,
  )
}

function isVerified({ uploads }: CliServices, file: ScannedFile): boolean {
  return uploads
    .filesAtPath(file.path)
    .some(
      (known) =>
        known.state === 'done' &&
        known.sizeBytes === file.sizeBytes &&
        known.mtimeMs === file.mtimeMs &&
        sameInode(known.inode, file.inode),
    )
}

/** Files that were left out since the same bytes are verified in another place. */
function verifiedDuplicates(
  { uploads }: CliServices,
  { plan, prospects }: PlannedPaths,
  uploadIds: readonly (UploadId | null)[],
): Set<string> {
  const uploadOf = new Map(prospects.map(({ clip }, at) => [clip.key, uploadIds[at] ?? null]))
  const found = new Set<string>()
  for (const [at, { decision }] of plan.clips.entries()) {
    const judgement = prospects[at]?.judgement
    if (decision.do !== 'skip' || !judgement) continue
    const original = judgement.original?.uploadId ?? uploadOf.get(judgement.twinOf ?? '') ?? null
    if (original !== null && uploads.outcome(original)?.state === 'done')
      for (const file of prospects[at]?.clip.files ?? []) found.add(file.path)
  }
  return found
}
