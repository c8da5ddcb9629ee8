import path from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import { AssetId } from '@contract/ids.ts'
import { SendRequest, type SendPlan } from '@contract/send.ts'
import type { CliServices, CliWorld } from './cli-world.ts'
import { EXIT, UsageError } from './exit-codes.ts'
import { followUploads } from './follow-uploads.ts'
import { bytesText, countText } from './output.ts'
import { type PaceOptions, addPaceOptions, paceSettings } from './pace-options.ts'
import { parseAmount, parseCollectionPath } from './parse-values.ts'
import { stateDirOf } from './state-option.ts'
import { findStorage } from './target-options.ts'
import { tellSummary } from './tell-summary.ts'

interface SendOptions extends PaceOptions {
  workspace?: string
  collection?: string[]
  collections: boolean
  view?: string
  storage?: string
  access: SendRequest['access']
  again?: true
  dryRun?: true
  offlineWait: number
}

const WHY_LEFT = {
  missing: 'the view has no such field',
  type: 'the field is of another kind there',
  option: 'the field does not offer the value there',
}

/** `ferry send [ASSET...]` */
export function addSend(program: Command, world: CliWorld): void {
  const command = program
    .command('send')
    .description(
      'Send what is in a local workspace to the account, each asset once. The same command again goes on where an earlier one stopped.',
    )
    .argument('[asset...]', 'ids of the workspace; everything without them')
    .option('--workspace <dir>', 'its data folder, which nothing else may serve meanwhile')
    .addOption(
      new Option('--collection <name/name>', 'collection to put them in, found or made').argParser(
        parseCollectionPath,
      ),
    )
    .option('--no-collections', 'leave the collections of the workspace behind')
    .option('--view <name>', 'metadata view that takes the values; default: the one that takes most; “none”')
    .option('--storage <id|name>', 'storage to send to; default: the one that iconik chooses')
    .addOption(
      new Option('--access <who>', 'who may see it')
        .choices(['collection', 'private', 'default'])
        .default('default'),
    )
    .option('--again', 'send again what was sent before and deleted there')
    .option('--dry-run', 'show what would go, change nothing')
  addPaceOptions(command)
    .option('--offline-wait <minutes>', 'how long to wait for a server that went away', parseAmount, 10)
    .action(async (assets: string[], options: SendOptions) => {
      process.exitCode = await send(world, stateDirOf(program, world), assets, options)
    })
}

async function send(
  world: CliWorld,
  stateDir: string,
  assets: string[],
  options: SendOptions,
): Promise<number> {
  const services = await world.openServices(stateDir, paceSettings(options))
  const startedMs = services.clock.monotonicMs()
  try {
    const sending = await services.sendingFrom(
      path.resolve(options.workspace ?? path.join(stateDir, 'workspace')),
    )
    const request = await requestOf(services, assets, options)
    const plan = await sending.plan(request, world.interrupted)
    tellSendPlan(world, plan)
    const isWhole = plan.leftCount === 0 && !plan.isCut
    if (options.dryRun) return isWhole && plan.blockers.length === 0 ? EXIT.ok : EXIT.someFailed
    const { uploadIds } = await sending.start(request, world.interrupted)
    const result = await followUploads(world, services, {
      ids: uploadIds,
      waitPreviews: false,
      offlineWaitMs: options.offlineWait * 60_000,
    })
    tellSummary(world, services, startedMs, { ...result, skipped: plan.sentCount, problems: plan.leftCount })
    return result.exitCode === EXIT.ok && !isWhole ? EXIT.someFailed : result.exitCode
  } finally {
    await services.close()
  }
}

async function requestOf(
  services: CliServices,
  assets: string[],
  options: SendOptions,
): Promise<SendRequest> {
  const wrong = assets.find((id) => !AssetId.safeParse(id).success)
  if (wrong !== undefined) throw new UsageError(`“${wrong}” is no id of an asset.`)
  return SendRequest.parse({
    accountId: services.session.accountId,
    assetIds: assets.length > 0 ? assets : null,
    viewId: await viewOf(services, options.view),
    into: options.collection ?? [],
    withCollections: options.collections,
    storageId: options.storage ? await findStorage(services, options.storage) : null,
    access: options.access,
    again: options.again ?? false,
  })
}

async function viewOf({ session }: CliServices, wanted: string | undefined) {
  if (wanted === undefined) return null
  const views = await session.api.metadata.listViews()
  const found = views.find(({ id, name }) => id === wanted || name === wanted)
  if (found) return found.id
  if (wanted === 'none') return 'none'
  throw new UsageError(
    `There is no metadata view “${wanted}”. There are: ${views.map(({ name }) => name).join(', ')}.`,
  )
}

function tellSendPlan(world: CliWorld, plan: SendPlan): void {
  const { output } = world
  output.event('planned', {
    new: plan.newCount,
    versions: plan.versionCount,
    sent: plan.sentCount,
    deleted: plan.deletedCount,
    left: plan.leftCount,
    sizeBytes: plan.sizeBytes,
    fieldsLeft: plan.fieldsLeft,
  })
  const versions = plan.versionCount > 0 ? `, ${countText(plan.versionCount, 'new version')}` : ''
  output.say(`${countText(plan.newCount, 'asset')} to send${versions}, ${bytesText(plan.sizeBytes)}`)
  if (plan.sentCount > 0) output.say(`${countText(plan.sentCount, 'asset')} sent before`)
  if (plan.deletedCount > 0)
    output.say(`${countText(plan.deletedCount, 'asset')} sent before and deleted there (--again sends them)`)
  for (const { label, reason, assetCount } of plan.fieldsLeft)
    output.say(`stays behind  ${label}, of ${countText(assetCount, 'asset')}: ${WHY_LEFT[reason]}`)
  for (const { title, reason } of plan.left) {
    output.event('failed', { path: title, state: 'not-queued', code: null, reason, assetId: null })
    output.say(`failed  ${title}: ${reason}`)
  }
  if (plan.leftCount > plan.left.length) output.say(`and ${plan.leftCount - plan.left.length} more`)
  if (plan.isCut) output.say('There are more: run the command again when these are through.')
  for (const blocker of plan.blockers) output.warn(blocker)
}
