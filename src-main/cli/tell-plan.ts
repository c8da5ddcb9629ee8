import path from 'node:path'
import type { PlannedClip } from '../core/clip.ts'
import { frameNotes } from '../core/intake/image-sequences.ts'
import { estimatedCalls } from '../core/intake/plan-view.ts'
import type { PlannedPaths } from '../services/intake/plan-paths.ts'
import type { CliWorld } from './cli-world.ts'
import { bytesText, countText } from './output.ts'

/**
 * Tells what a plan will create, what it leaves out, and what is in its way.
 * @param options.isDetailed a line for each clip too, as for a dry run
 */
export function tellPlan(
  world: CliWorld,
  { plan, report }: PlannedPaths,
  options: { isDetailed: boolean },
): { skipped: number; problems: number } {
  const { output } = world
  const of = (what: string) => plan.clips.filter((planned) => planned.decision.do === what)
  const skipped = of('skip')
  const waiting = of('wait')
  const coming = plan.clips.filter((planned) => !['skip', 'wait'].includes(planned.decision.do))
  for (const [index, planned] of plan.clips.entries()) {
    const { clip, target, decision } = planned
    const remark = [report.remarks[index]?.remark ?? '', framesOf(planned)]
      .filter((said) => said !== '')
      .join(' ')
    const sizeBytes = sizeOf(planned)
    output.event('planned', {
      path: clip.files[0]?.path ?? clip.rootPath,
      title: clip.title,
      kind: clip.kind,
      files: clip.files.length,
      sizeBytes,
      collection: target.collectionPath.join('/'),
      decision: decision.do,
      remark,
    })
    if (options.isDetailed && decision.do !== 'wait') output.say(lineOf(planned, remark))
  }
  output.say(totalOf(coming, options.isDetailed))
  if (skipped.length > 0) output.say(`${countText(skipped.length, 'clip')} skipped: nothing new in them`)
  for (const planned of waiting) {
    const reason = planned.decision.do === 'wait' ? planned.decision.reason : ''
    const { clip } = planned
    tellProblem(world, clip.files[0]?.path ?? path.join(clip.rootPath, clip.title), reason)
  }
  for (const found of report.problems) tellProblem(world, found.path, found.reason)
  return { skipped: skipped.length, problems: waiting.length + report.problems.length }
}

const WORDS: Record<string, string> = {
  upload: 'new     ',
  version: 'version ',
  join: 'joins   ',
  skip: 'skipped ',
}

const sizeOf = ({ clip }: PlannedClip) => clip.files.reduce((total, file) => total + file.sizeBytes, 0)

/** Frames that a sequence lacks, and those without content; '' when there are none. */
export function framesOf({ clip }: PlannedClip): string {
  return clip.sequence ? frameNotes(clip.sequence).join(' ') : ''
}

function lineOf(planned: PlannedClip, remark: string): string {
  const { clip, target, decision } = planned
  const files = clip.files.length > 1 ? `, ${countText(clip.files.length, 'file')}` : ''
  const into = target.collectionPath.length > 0 ? ` → ${target.collectionPath.join(' / ')}` : ''
  const said = remark === '' ? '' : `: ${remark}`
  return `${WORDS[decision.do] ?? decision.do} ${clip.title}  (${bytesText(sizeOf(planned))}${files})${into}${said}`
}

function totalOf(coming: readonly PlannedClip[], isDetailed: boolean): string {
  const sizeBytes = coming.reduce((sum, planned) => sum + sizeOf(planned), 0)
  const short = `${countText(coming.length, 'clip')} to upload, ${bytesText(sizeBytes)}`
  if (!isDetailed || coming.length === 0) return short
  const collections = new Set(
    coming.flatMap(({ target: { collectionPath } }) =>
      collectionPath.map((_, depth) => collectionPath.slice(0, depth + 1).join('\0')),
    ),
  )
  const calls = estimatedCalls({
    clips: coming.length,
    files: coming.reduce((sum, { clip }) => sum + clip.files.length, 0),
    collections: collections.size,
    withMetadata: coming.some(({ target }) => target.viewId !== null),
  })
  return `${short}; ${countText(collections.size, 'collection')}, about ${countText(calls, 'call')} to iconik`
}

function tellProblem(world: CliWorld, filePath: string, reason: string): void {
  world.output.event('failed', { path: filePath, state: 'not-queued', code: null, reason, assetId: null })
  world.output.say(`failed  ${filePath}: ${reason}`)
}
