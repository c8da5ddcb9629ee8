import { Argument } from 'commander'
import type { Command } from 'commander'
import { UploadId } from '@contract/ids.ts'
import type { CliServices, CliWorld } from './cli-world.ts'
import { EXIT, UsageError } from './exit-codes.ts'
import { followUploads } from './follow-uploads.ts'
import type { FollowResult } from './follow-uploads.ts'
import { countText } from './output.ts'
import { type PaceOptions, addPaceOptions, paceSettings } from './pace-options.ts'
import { parseAmount } from './parse-values.ts'
import { stateDirOf } from './state-option.ts'
import { tellSummary } from './tell-summary.ts'

interface RunOptions extends PaceOptions {
  waitPreviews?: true
  offlineWait: number
}

/** `ferry resume`, `ferry retry [ID...]` and `ferry cancel ID...`: each changes rows and follows them to their end. */
export function addResume(program: Command, world: CliWorld): void {
  withRunOptions(program.command('resume').description('Go on with everything that is not finished.')).action(
    async (options: RunOptions) => {
      process.exitCode = await run(program, world, options, (services) => {
        services.uploads.resume({ all: true })
        return unfinished(services)
      })
    },
  )
  withRunOptions(
    program
      .command('retry')
      .description('Try failed uploads again, all of them or those named.')
      .addArgument(new Argument('[id...]', 'ids that “ferry status” shows')),
  ).action(async (ids: string[], options: RunOptions) => {
    process.exitCode = await run(program, world, options, (services) => {
      const chosen = parseIds(ids)
      const failed = chosen.length > 0 ? known(services, chosen) : failedOnes(services)
      services.uploads.retry(chosen.length > 0 ? { ids: chosen } : { all: true })
      return failed
    })
  })
  withRunOptions(
    program
      .command('cancel')
      .description('Stop uploads and remove from iconik what they made there.')
      .addArgument(new Argument('<id...>', 'ids that “ferry status” shows')),
  ).action(async (ids: string[], options: RunOptions) => {
    const chosen = parseIds(ids)
    process.exitCode = await run(
      program,
      world,
      options,
      (services) => {
        known(services, chosen)
        if (services.uploads.cancel({ ids: chosen }) === 0)
          throw new UsageError('Nothing to cancel: these uploads are over.')
        return chosen
      },
      // Cancelled is what was asked for.
      ({ exitCode, cancelled }) => (cancelled === new Set(chosen).size ? EXIT.ok : exitCode),
    )
  })
}

function withRunOptions(command: Command): Command {
  return addPaceOptions(command)
    .option('--wait-previews', 'wait until previews are made')
    .option('--offline-wait <minutes>', 'how long to wait for a server that went away', parseAmount, 10)
}

async function run(
  program: Command,
  world: CliWorld,
  options: RunOptions,
  choose: (services: CliServices) => UploadId[],
  judge: (result: FollowResult) => number = ({ exitCode }) => exitCode,
): Promise<number> {
  const services = await world.openServices(stateDirOf(program, world), {
    ...paceSettings(options),
    followPreviews: options.waitPreviews ?? false,
  })
  const startedMs = services.clock.monotonicMs()
  try {
    const ids = choose(services)
    world.output.say(`${countText(ids.length, 'upload')} to see to`)
    const result = await followUploads(world, services, {
      ids,
      waitPreviews: options.waitPreviews ?? false,
      offlineWaitMs: options.offlineWait * 60_000,
    })
    const exitCode = judge(result)
    tellSummary(world, services, startedMs, { ...result, exitCode, skipped: 0, problems: 0 })
    return exitCode
  } finally {
    await services.close()
  }
}

function parseIds(ids: readonly string[]): UploadId[] {
  return ids.map((id) => UploadId.parse(id))
}

function known(services: CliServices, ids: UploadId[]): UploadId[] {
  const unknown = ids.find((id) => services.journal.get(id) === null)
  if (unknown) throw new UsageError(`There is no upload ${unknown}. “ferry status” lists them.`)
  return ids
}

function unfinished(services: CliServices): UploadId[] {
  return services.journal
    .list(
      services.session.accountId,
      { states: ['waiting', 'preparing', 'uploading', 'checking', 'paused'], text: '' },
      0,
      1_000_000,
    )
    .rows.map((upload) => upload.id)
}

function failedOnes(services: CliServices): UploadId[] {
  return services.journal
    .list(services.session.accountId, { states: ['failed'], text: '' }, 0, 1_000_000)
    .rows.map((upload) => upload.id)
}
