import type { Command } from 'commander'
import type { CliWorld } from './cli-world.ts'
import { EXIT } from './exit-codes.ts'
import { bytesText } from './output.ts'
import { parseAssetId } from './parse-values.ts'
import { withSession } from './with-session.ts'

/** `ferry asset ID`: an asset with its formats and files. */
export function addAsset(program: Command, world: CliWorld): void {
  program
    .command('asset <id>')
    .description('Show one asset with its formats and files.')
    .action(async (given: string) => {
      const id = parseAssetId(given)
      await withSession(program, world, async ({ api }, signal) => {
        const [asset, formats, files] = await Promise.all([
          api.assets.get(id, signal),
          api.files.listFormats(id, signal),
          api.files.listFiles(id, {}, signal),
        ])
        const { raw: _raw, metadata: _metadata, ...facts } = asset
        world.output.event('asset', { ...facts, formats, files })
        world.output.say(asset.title, `  ${asset.type}, ${asset.status}, created ${asset.dateCreated}`)
        for (const format of formats) {
          world.output.say(
            `  ${format.name}: ${format.components.map(({ type }) => type).join(', ') || 'no components'}`,
          )
          for (const file of files.filter(({ formatId }) => formatId === format.id))
            world.output.say(
              `    ${file.originalName}  ${file.sizeBytes === null ? '' : bytesText(file.sizeBytes)}  ${file.status}`,
            )
        }
      })
      process.exitCode = EXIT.ok
    })
}
