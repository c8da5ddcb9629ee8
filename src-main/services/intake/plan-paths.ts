import path from 'node:path'
import type { PlanTargets } from '@contract/uploads.ts'
import type { CommittedPlan } from '../../core/clip.ts'
import { AppError } from '../../core/errors.ts'
import type { IntakeProblem } from '../../core/intake/intake-file.ts'
import { promoteTwins } from '../../core/intake/promote-twins.ts'
import type { Prospect } from '../../core/intake/prospect.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import { type ClipPlanner, DEFAULT_TARGETS } from './clip-planner.ts'
import { refuseBadTemplates } from '../../core/intake/template-problems.ts'
import { scanPaths } from './scan-paths.ts'

/** What planning found, for people and for `--json`. */
export interface PlanReport {
  scannedFiles: number
  ignoredFiles: number
  problems: IntakeProblem[]
  /** One for each clip of the plan, in order. */
  remarks: { title: string; remark: string }[]
}

export interface PlannedPaths {
  plan: CommittedPlan
  /** What was found out about each clip of the plan, in order. */
  prospects: Prospect[]
  report: PlanReport
}

/**
 * A plan for paths, without a person to look at it: as `ferry upload` makes it. Waits for files that are still being written.
 *
 * @throws AppError file.missing file.unreadable when no path can be read; contract.invalid-input for a template that means nothing
 */
export async function planPaths(
  world: { planner: ClipPlanner; fileSystem: FileSystem; clock: Clock },
  paths: readonly string[],
  given: Partial<PlanTargets>,
  options: {
    signal?: AbortSignal
    settleMs?: number
    patienceMs?: number
    ignore?: readonly string[]
    onProgress?: (progress: { scannedFiles: number; settling: number }) => void
  } = {},
): Promise<PlannedPaths> {
  const targets: PlanTargets = { ...DEFAULT_TARGETS, ...given }
  refuseBadTemplates(targets)
  const problem = await world.planner.storageProblem(targets, options.signal)
  if (problem !== null) throw new AppError('storage.unsupported', problem)
  const scan = await scanPaths(world, paths, {
    settleMs: options.settleMs ?? 5000,
    patienceMs: options.patienceMs ?? 600_000,
    ...(options.ignore ? { ignore: options.ignore } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  })
  const fields = await world.planner.fieldsOf(targets, options.signal)
  const prospects: Prospect[] = []
  const problems = [...scan.problems]
  for (const root of scan.roots) {
    const found = await world.planner.examine(
      root.files,
      targets,
      options.signal ? { signal: options.signal } : {},
    )
    prospects.push(...found.prospects)
    problems.push(
      ...found.problems,
      ...found.orphans.map(({ path: orphan, reason }) => ({ path: orphan, reason })),
    )
  }
  return {
    plan: {
      title: paths.length === 1 ? path.basename(path.resolve(paths[0] ?? '')) : `${paths.length} paths`,
      source: 'command',
      watchFolderId: null,
      after: { do: 'leave' },
      clips: promoteTwins(world.planner.settle(prospects, targets, fields), prospects),
    },
    prospects,
    report: {
      scannedFiles: scan.roots.reduce((sum, root) => sum + root.files.length, 0),
      ignoredFiles: scan.ignoredCount,
      problems,
      remarks: prospects.map(({ clip, judgement, problem }) => ({
        title: clip.title,
        remark: problem ?? judgement.note ?? '',
      })),
    },
  }
}
