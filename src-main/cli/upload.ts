import type { Command } from 'commander'
import type { UploadId } from '@contract/ids.ts'
import { planPaths } from '../services/intake/plan-paths.ts'
import type { PlannedPaths } from '../services/intake/plan-paths.ts'
import type { CliServices, CliWorld } from './cli-world.ts'
import { EXIT } from './exit-codes.ts'
import { followUploads } from './follow-uploads.ts'
import { paceSettings } from './pace-options.ts'
import { parseAmount } from './parse-values.ts'
import { type ReceiptOptions, addReceiptOptions, writeReceipts } from './receipt-options.ts'
import { stateDirOf } from './state-option.ts'
import { type TargetOptions, addTargetOptions, targetsOf } from './target-options.ts'
import { tellCards } from './tell-cards.ts'
import { framesOf, tellPlan } from './tell-plan.ts'
import { tellSummary } from './tell-summary.ts'

interface UploadOptions extends TargetOptions, ReceiptOptions {
  dryRun?: true
  waitPreviews?: true
  offlineWait: number
}

/** `ferry upload PATH...` */
export function addUpload(program: Command, world: CliWorld): void {
  const command = program
    .command('upload')
    .description('Upload files and folders. The same command again goes on where an earlier one stopped.')
    .argument('<path...>')
  addTargetOptions(command)
  addReceiptOptions(command)
  command
    .option('--dry-run', 'show the plan, change nothing')
    .option('--wait-previews', 'wait until previews are made')
    .option('--offline-wait <minutes>', 'how long to wait for a server that went away', parseAmount, 10)
    .action(async (paths: string[], options: UploadOptions) => {
      process.exitCode = await upload(world, stateDirOf(program, world), paths, options, command)
    })
}

async function upload(
  world: CliWorld,
  stateDir: string,
  paths: string[],
  options: UploadOptions,
  command: Command,
): Promise<number> {
  const services = await world.openServices(stateDir, {
    ...paceSettings(options),
    followPreviews: options.waitPreviews ?? false,
  })
  const startedMs = services.clock.monotonicMs()
  try {
    const planned = await planPaths(services, paths, await targetsOf(services, options, command), {
      signal: world.interrupted,
    })
    const plan = tellPlan(world, planned, { isDetailed: options.dryRun ?? false })
    if (options.dryRun) return plan.problems > 0 ? EXIT.someFailed : EXIT.ok
    const { uploadIds } = await services.uploads.enqueue(planned.plan)
    const ids = [...new Set([...uploadIds, ...queuedEarlier(services, planned)])].filter((id) => id !== null)
    const result = await followUploads(world, services, {
      ids,
      waitPreviews: options.waitPreviews ?? false,
      offlineWaitMs: options.offlineWait * 60_000,
      remarks: remarksOn(planned, uploadIds),
    })
    await tellCards(world, services, planned, uploadIds)
    const isReceipted = await writeReceipts(world, services, ids, options)
    tellSummary(world, services, startedMs, { ...result, skipped: plan.skipped, problems: plan.problems })
    const isWhole = plan.problems === 0 && isReceipted
    return result.exitCode === EXIT.ok && !isWhole ? EXIT.someFailed : result.exitCode
  } finally {
    await services.close()
  }
}

/** What is to be said of uploads when they are done. */
function remarksOn({ plan }: PlannedPaths, uploadIds: readonly (UploadId | null)[]): Map<UploadId, string> {
  const remarks = new Map<UploadId, string>()
  for (const [at, planned] of plan.clips.entries()) {
    const [id, remark] = [uploadIds[at], framesOf(planned)]
    if (id && remark !== '') remarks.set(id, remark)
  }
  return remarks
}

/** Rows of an earlier run that the plan left out because they are in the queue already. */
function queuedEarlier(services: CliServices, planned: PlannedPaths): UploadId[] {
  return planned.plan.clips.flatMap(({ clip, decision }) => {
    if (decision.do !== 'skip' || decision.reason !== 'unchanged') return []
    const known = services.uploads.filesAtPath(clip.files[0]?.path ?? '')[0]
    return known?.state === 'active' ? [known.uploadId] : []
  })
}
