import type { Command } from 'commander'
import type { AssetDocument, IconikApi } from '../ports/iconik-api.ts'
import { escapeQueryText } from '../core/query-text.ts'
import type { CliWorld } from './cli-world.ts'
import { EXIT } from './exit-codes.ts'
import { countText } from './output.ts'
import { parseCount } from './parse-values.ts'
import { withSession } from './with-session.ts'

const PER_PAGE = 100

/** `ferry search QUERY`: asks iconik itself, as a script wants what is there and not what a mirror holds. */
export function addSearch(program: Command, world: CliWorld): void {
  program
    .command('search <query>')
    .description('Find assets: every word must be in the title or the metadata.')
    .option('--raw', 'take the query as iconik’s own query text')
    .option('--limit <n>', 'most assets to show', parseCount(1, 100_000), 100)
    .action(async (query: string, options: { raw?: boolean; limit: number }) => {
      const text = options.raw ? query : query.trim().split(/\s+/).map(escapeQueryText).join(' ')
      await withSession(program, world, async ({ api }, signal) => {
        const { shown, total } = await tellFound(world, api, text, options.limit, signal)
        world.output.event('summary', { found: total, shown })
        world.output.say(countText(total, 'asset'))
      })
      process.exitCode = EXIT.ok
    })
}

async function tellFound(
  world: CliWorld,
  api: IconikApi,
  query: string,
  limit: number,
  signal: AbortSignal,
): Promise<{ shown: number; total: number }> {
  let shown = 0
  let searchAfter: unknown[] | null = null
  for (;;) {
    const page = await api.search.assets(
      {
        query,
        sort: [{ name: 'date_created', order: 'desc' }],
        perPage: Math.min(PER_PAGE, limit - shown),
        ...(searchAfter ? { searchAfter } : {}),
      },
      signal,
    )
    for (const asset of page.rows) tellAsset(world, asset)
    shown += page.rows.length
    ;({ searchAfter } = page)
    if (searchAfter === null || shown >= limit || page.rows.length === 0) return { shown, total: page.total }
  }
}

function tellAsset(world: CliWorld, asset: AssetDocument): void {
  const { id, title, type, status, mediaType, dateCreated, durationMs } = asset
  world.output.event('asset', { id, title, type, status, mediaType, dateCreated, durationMs })
  world.output.say(`${id}  ${title}`)
}
