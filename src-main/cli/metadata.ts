import { type Command, InvalidArgumentError } from 'commander'
import type { AssetId, ViewId } from '@contract/ids.ts'
import { AppError } from '../core/errors.ts'
import type { IconikApi } from '../ports/iconik-api.ts'
import type { CliWorld } from './cli-world.ts'
import { EXIT } from './exit-codes.ts'
import { parseAssetId } from './parse-values.ts'
import { withSession } from './with-session.ts'

interface SetOptions {
  view: string
  set: Record<string, string[]>
  mode: 'overwrite' | 'append' | 'delete'
}

/** `ferry metadata get|set ID`: values of one asset in one view. */
export function addMetadata(program: Command, world: CliWorld): void {
  const metadata = program.command('metadata').description('Read or write metadata of an asset.')
  metadata
    .command('get <id>')
    .requiredOption('--view <name>', 'name or id of the view')
    .description('Show the values of one view.')
    .action(async (given: string, { view }: { view: string }) => {
      const id = parseAssetId(given)
      await withSession(program, world, async ({ api }, signal) => {
        await tellValues(world, api, id, await viewNamed(api, view, signal), signal)
      })
      process.exitCode = EXIT.ok
    })
  metadata
    .command('set <id>')
    .requiredOption('--view <name>', 'name or id of the view')
    .requiredOption('--set <field=value>', 'a value; several for one field are set together', gather)
    .option('--mode <mode>', 'overwrite, append or delete', modeOf, 'overwrite')
    .description('Write values, then show what iconik holds.')
    .action(async (given: string, { view, set, mode }: SetOptions) => {
      const id = parseAssetId(given)
      const changes = Object.fromEntries(
        Object.entries(set).map(([field, values]) => [field, { mode, values }]),
      )
      await withSession(program, world, async ({ api }, signal) => {
        const viewId = await viewNamed(api, view, signal)
        await api.metadata.putValues('assets', id, viewId, changes, signal)
        await tellValues(world, api, id, viewId, signal)
      })
      process.exitCode = EXIT.ok
    })
}

async function tellValues(
  world: CliWorld,
  api: IconikApi,
  id: AssetId,
  viewId: ViewId,
  signal: AbortSignal,
): Promise<void> {
  const { values } = await api.metadata.getValues('assets', id, viewId, signal)
  world.output.event('metadata', { assetId: id, viewId, values })
  for (const [field, list] of Object.entries(values)) world.output.say(`${field}: ${list.join('; ')}`)
}

/** @throws AppError api.not-found, naming the views that there are */
async function viewNamed(api: IconikApi, wanted: string, signal: AbortSignal): Promise<ViewId> {
  const views = await api.metadata.listViews(signal)
  const found = views.find(({ id }) => id === wanted) ?? views.find(({ name }) => name === wanted)
  if (found) return found.id
  const names = views.map(({ name }) => `“${name}”`).join(', ')
  throw new AppError('api.not-found', `There is no view “${wanted}”. There are: ${names || 'none'}.`)
}

/** "Field=value"; "Field=" clears the field. */
function gather(text: string, before: Record<string, string[]> = {}): Record<string, string[]> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('write FIELD=VALUE')
  const [field, value] = [text.slice(0, at), text.slice(at + 1)]
  const values = before[field] ?? []
  return { ...before, [field]: value === '' ? values : [...values, value] }
}

function modeOf(text: string): SetOptions['mode'] {
  if (text === 'overwrite' || text === 'append' || text === 'delete') return text
  throw new InvalidArgumentError('overwrite, append or delete')
}
