import path from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import type { StorageId, ViewId } from '@contract/ids.ts'
import type { PlanTargets } from '@contract/uploads.ts'
import { findAppError } from '../core/errors.ts'
import {
  type Template,
  isSeparator,
  misfits,
  parseTemplate,
  unknownFields,
} from '../core/intake/template-file.ts'
import { DEFAULT_TARGETS } from '../services/intake/clip-planner.ts'
import { templateProblems } from '../core/intake/template-problems.ts'
import type { CliServices } from './cli-world.ts'
import { UsageError } from './exit-codes.ts'
import { type PaceOptions, addPaceOptions } from './pace-options.ts'
import { collectField, collectMount, parseCollectionPath } from './parse-values.ts'

const LARGEST_TEMPLATE_BYTES = 1_000_000

/** What `upload` and `watch` have in common: where clips go, as what, and how fast. */
export interface TargetOptions extends PaceOptions {
  collection?: string[]
  mirrorTree?: true
  view?: string
  set?: Record<string, string[]>
  storage?: string
  mount?: Record<string, string>
  access: 'collection' | 'private' | 'default'
  sequences: 'auto' | 'off'
  duplicates: 'skip' | 'version' | 'ingest'
  changed: 'version' | 'ingest' | 'skip'
  incomplete: 'hold' | 'upload'
  template?: string
}

export function addTargetOptions(command: Command): Command {
  return addPaceOptions(command)
    .addOption(
      new Option('--collection <name/name>', 'collection to put them in, found or made').argParser(
        parseCollectionPath,
      ),
    )
    .option('--mirror-tree', 'a collection for each folder')
    .option('--view <name>', 'metadata view that --set is for')
    .option('--set <field=value>', 'metadata; may be repeated and hold tokens such as {stem}', collectField)
    .option(
      '--template <file>',
      'JSON with title, collection, view, values and policies; see docs/templates.md',
    )
    .option('--storage <id|name>', 'storage to send to; default: the one that iconik chooses')
    .option('--mount <storage=dir>', 'where the folder of a FILE storage is mounted here', collectMount)
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

/**
 * Names become ids by asking iconik. What is said on the command line goes before the template, what neither says has its default.
 *
 * @param command whose options these are; tells which of them were given
 * @throws UsageError for a storage, view or field that is not there, or a template that cannot be read
 */
export async function targetsOf(
  services: CliServices,
  options: TargetOptions,
  command: Command,
): Promise<Partial<PlanTargets>> {
  for (const [storage, directory] of Object.entries(options.mount ?? {}))
    services.mount(await findStorage(services, storage), path.resolve(directory))
  const template = options.template ? await readTemplate(services, options.template) : {}
  const given = <K extends 'access' | 'sequences' | 'duplicates' | 'changed' | 'incomplete'>(name: K) =>
    command.getOptionValueSource(name) === 'cli' ? options[name] : (template[name] ?? options[name])
  const storage = options.storage ?? template.storage
  const view = options.view ?? template.view
  const viewId = await findView(services, view, options.set ?? template.values)
  const metadata = { ...template.values, ...options.set }
  if (viewId !== null && Object.keys(metadata).length > 0)
    await refuseMisfits(services, viewId, view ?? '', metadata)
  const targets: Partial<PlanTargets> = {
    collectionPath: options.collection ?? template.collection ?? null,
    mirrorTree: options.mirrorTree ?? template.mirrorTree ?? false,
    title: template.title ?? null,
    pathPattern: template.pathPattern ?? null,
    access: given('access'),
    sequences: given('sequences'),
    duplicates: given('duplicates'),
    changed: given('changed'),
    incomplete: given('incomplete'),
    storageId: storage ? await findStorage(services, storage) : null,
    viewId,
    metadata,
  }
  const [problem] = templateProblems({ ...DEFAULT_TARGETS, ...targets })
  if (problem) throw new UsageError(problem.text)
  return targets
}

async function readTemplate({ fileSystem }: CliServices, file: string): Promise<Template> {
  try {
    const bytes = await fileSystem.readSmall(path.resolve(file), LARGEST_TEMPLATE_BYTES)
    return parseTemplate(new TextDecoder().decode(bytes), file)
  } catch (error) {
    const known = findAppError(error)
    if (known) throw new UsageError(known.message)
    throw error
  }
}

/** Before anything is sent: iconik looks at values only when the bytes are there. */
async function refuseMisfits(
  services: CliServices,
  viewId: ViewId,
  viewName: string,
  values: Record<string, string[]>,
): Promise<void> {
  const { fields } = await services.session.api.metadata.getView(viewId)
  const unknown = unknownFields(values, fields)
  const names = fields.filter((field) => !isSeparator(field)).map(({ name }) => name)
  if (unknown.length > 0)
    throw new UsageError(
      `The view “${viewName}” has no field “${unknown.join('”, “')}”. It has: ${names.join(', ')}.`,
    )
  const wrong = misfits(values, fields)
  if (wrong.length > 0) throw new UsageError(wrong.join(' '))
}

export async function findStorage(services: CliServices, wanted: string): Promise<StorageId> {
  const storages = await services.session.api.storages.list()
  const found =
    storages.find((storage) => storage.id === wanted) ?? storages.find((storage) => storage.name === wanted)
  if (found) return found.id
  const names = storages.filter((storage) => storage.purpose === 'FILES').map((storage) => storage.name)
  throw new UsageError(`There is no storage “${wanted}”. There are: ${names.join(', ')}.`)
}

async function findView(
  services: CliServices,
  wanted: string | undefined,
  values: Record<string, string[]> | undefined,
): Promise<ViewId | null> {
  if (!wanted) {
    if (values)
      throw new UsageError(
        'Values need a view (--view NAME, or view in the template): iconik keeps them by metadata view.',
      )
    return null
  }
  const views = await services.session.api.metadata.listViews()
  const found = views.find((view) => view.id === wanted) ?? views.find((view) => view.name === wanted)
  if (found) return found.id
  throw new UsageError(
    `There is no metadata view “${wanted}”. There are: ${views.map((view) => view.name).join(', ')}.`,
  )
}
