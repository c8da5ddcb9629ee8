import { it } from 'vitest'
import { buildFerry } from '@test/support/ferry-command.ts'
import { runPage } from '@test/support/runnable-page.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

// The page itself holds what is expected.
// oxlint-disable-next-line vitest/expect-expect
it('the page on ingest does and prints what it says', async () => {
  buildFerry()
  await runPage('docs/ingest.md', await tempFolder())
}, 180_000)
