import { Option } from 'commander'
import type { Command } from 'commander'
import type { StorageId, ViewId } from '@contract/ids.ts'
import type { PlanTargets } from '@contract/uploads.ts'
import type { CliServices } from './cli-world.ts'
import { UsageError } from './exit-codes.ts'
import { collectField, parseCollectionPath, parseCount, parseRate } from './parse-values.ts'

/** What `upload` and `watch` have in common: where clips go, as what, and how fast. */
export interface TargetOptions {
  collection?: string[]
  mirrorTree?: true
  view?: string
  set?: Record<string, string[]>
  storage?: string
  access: 'collection' | 'private' | 'default'
  sequences: 'auto' | 'off'
  concurrency?: number
  limit?: number
  duplicates: 'skip' | 'version' | 'ingest'
  changed: 'version' | 'ingest' | 'skip'
  incomplete: 'hold' | 'upload'
}

export function addTargetOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--collection <name/name>', 'collection to put them in, found or made').argParser(
        parseCollectionPath,
      ),
    )
    .option('--mirror-tree', 'a collection for each folder')
    .option('--view <name>', 'metadata view that --set is for')
    .option('--set <field=value>', 'metadata; may be repeated and hold tokens such as {stem}', collectField)
    .option('--storage <id|name>', 'storage to send to; default: the one that iconik chooses')
    .addOption(
      new Option('--access <who>', 'who may see it')
        .choices(['collection', 'private', 'default'])
        .default('default'),
    )
    .addOption(
      new Option('--sequences <mode>', 'numbered images as one clip')
        .choices(['auto', 'off'])
        .default('auto'),
    )
    .option('--concurrency <n>', 'uploads at once', parseCount(1, 32))
    .option('--limit <rate>', 'bytes a second, such as 10M', parseRate)
    .addOption(
      new Option('--duplicates <policy>', 'what to do with content that was uploaded before')
        .choices(['skip', 'version', 'ingest'])
        .default('skip'),
    )
    .addOption(
      new Option('--changed <policy>', 'what to do with files that changed since')
        .choices(['version', 'ingest', 'skip'])
        .default('version'),
    )
    .addOption(
      new Option(
        '--incomplete <policy>',
        'clips of camera cards that lack a part: hold back or send as they are',
      )
        .choices(['hold', 'upload'])
        .default('hold'),
    )
}

/** Names become ids by asking iconik. @throws UsageError for a storage or view that is not there */
export async function targetsOf(
  services: CliServices,
  options: TargetOptions,
): Promise<Partial<PlanTargets>> {
  return {
    collectionPath: options.collection ?? null,
    mirrorTree: options.mirrorTree ?? false,
    access: options.access,
    sequences: options.sequences,
    duplicates: options.duplicates,
    changed: options.changed,
    incomplete: options.incomplete,
    storageId: options.storage ? await findStorage(services, options.storage) : null,
    viewId: await findView(services, options),
    metadata: options.set ?? {},
  }
}

async function findStorage(services: CliServices, wanted: string): Promise<StorageId> {
  const storages = await services.session.api.storages.list()
  const found =
    storages.find((storage) => storage.id === wanted) ?? storages.find((storage) => storage.name === wanted)
  if (found) return found.id
  const names = storages.filter((storage) => storage.purpose === 'FILES').map((storage) => storage.name)
  throw new UsageError(`There is no storage “${wanted}”. There are: ${names.join(', ')}.`)
}

async function findView(services: CliServices, options: TargetOptions): Promise<ViewId | null> {
  if (!options.view) {
    if (options.set) throw new UsageError('--set needs --view NAME: iconik keeps values by metadata view.')
    return null
  }
  const views = await services.session.api.metadata.listViews()
  const found =
    views.find((view) => view.id === options.view) ?? views.find((view) => view.name === options.view)
  if (found) return found.id
  throw new UsageError(
    `There is no metadata view “${options.view}”. There are: ${views.map((view) => view.name).join(', ')}.`,
  )
}
