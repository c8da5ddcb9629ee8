import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { buildFerry } from '@test/support/ferry-command.ts'
import { runPage } from '@test/support/runnable-page.ts'
import { openWorkspace, type Json } from '../integration/workspace/client.ts'

it('the page on uploads does and prints what it says, and the bytes are there afterwards', async () => {
  buildFerry()
  const temporary = mkdtempSync(path.join(tmpdir(), 'ferry-page-'))
  onTestFinished(() => rmSync(temporary, { recursive: true, force: true }))
  await runPage('docs/workspace-uploads.md', temporary)

  // Not by the page's own word: another start on the same folder hands out the bytes that were sent.
  const [folder = ''] = readdirSync(temporary).map((name) => path.join(temporary, name))
  const { must, workspace } = await openWorkspace({
    dataDir: path.join(folder, 'workspace'),
    faults: { rules: [] },
  })
  const { objects: assets } = await must('GET', 'assets/v1/assets/?per_page=100')
  const arrived = await Promise.all(
    assets.map(async (asset: Json) => {
      const { objects } = await must('GET', `files/v1/assets/${asset.id}/files/?generate_signed_url=true`)
      expect(objects).toHaveLength(1)
      const [file] = objects
      expect(file.status).toBe('CLOSED')
      const bytes = Buffer.from(await (await fetch(file.url)).arrayBuffer())
      expect(sha256(bytes)).toBe(sha256(readFileSync(path.join(folder, file.original_name))))
      return `${file.storage_method} ${file.original_name}`
    }),
  )
  expect(arrived.sort()).toEqual([
    'AZURE large.mov',
    'AZURE small.mov',
    'B2 large.mov',
    'B2 small.mov',
    'FILE small.mov',
    'GCS large.mov',
    'S3 large.mov',
    'S3 small.mov',
    'S3 small.mov',
  ])
  const left = (await (await fetch(`${workspace.url}/_inspect`)).json()) as Json
  expect([left.multiparts, left.sessions, left.blocks]).toEqual([[], [], []])
})

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
