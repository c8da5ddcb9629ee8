import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { it, onTestFinished } from 'vitest'
import { buildFerry } from '@test/support/ferry-command.ts'
import { runPage } from '@test/support/runnable-page.ts'

// The page itself holds what is expected.
// oxlint-disable-next-line vitest/expect-expect
it('the page on the command line does and prints what it says', async () => {
  buildFerry()
  const temporary = mkdtempSync(path.join(tmpdir(), 'ferry-page-'))
  onTestFinished(() => rmSync(temporary, { recursive: true, force: true }))
  await runPage('docs/command-line.md', temporary)
}, 180_000)
