import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { buildFerry } from '@test/support/ferry-command.ts'
import { openWorkspace, type Json } from './client.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const page = readFileSync(path.join(root, 'docs/workspace-uploads.md'), 'utf8')

interface Block {
  script: string
  /** What the page says it prints; undefined where it says nothing. */
  prints: string | undefined
  line: number
}

/** The shell blocks of a page, each with the text block that follows it. */
function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```$)?/gm)].map(
    ({ 1: script = '', 2: prints, index }) => ({
      script,
      prints,
      line: markdown.slice(0, index).split('\n').length,
    }),
  )
}

/** Runs the blocks in one shell, as someone would who pastes them. Gives what each printed, and what went to standard error. */
async function runBlocks(blocks: Block[], temporary: string) {
  const border = '\u0001'
  const script = blocks.map((block) => `${block.script}\nprintf '%s' '${border}'\n`).join('')
  const shell = spawn('sh', ['-eu', '-c', script], {
    cwd: root,
    // A group of its own: when a block fails, the workspace that an earlier one started ends too.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary },
  })
  onTestFinished(() => {
    try {
      process.kill(-(shell.pid ?? 0), 'SIGKILL')
    } catch {
      // All of them have ended already.
    }
  })
  let printed = ''
  let complaints = ''
  shell.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  shell.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  const code = await new Promise<number | null>((done, fail) => {
    shell.once('error', fail)
    // Not "close": a workspace that was left behind would keep the pipes open.
    shell.once('exit', (status) => setTimeout(() => done(status), 200))
  })
  return { code, complaints, outputs: printed.split(border) }
}

const pattern = (prints: string) =>
  new RegExp(
    `^${prints
      .trimEnd()
      .split('…')
      .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join('.*')}$`,
  )

it('the page on uploads does and prints what it says, and the bytes are there afterwards', async () => {
  buildFerry()
  const temporary = mkdtempSync(path.join(tmpdir(), 'ferry-page-'))
  onTestFinished(() => rmSync(temporary, { recursive: true, force: true }))
  const blocks = blocksOf(page)
  expect(blocks.length).toBe(page.match(/^```sh$/gm)?.length)
  const { code, complaints, outputs } = await runBlocks(blocks, temporary)
  for (const [at, block] of blocks.entries()) {
    const printed = outputs[at]?.trimEnd() ?? ''
    // The border after a block is missing where the block failed.
    if (outputs[at + 1] === undefined || !pattern(block.prints ?? '').test(printed))
      throw new Error(
        `docs/workspace-uploads.md:${block.line} should print\n${block.prints ?? 'nothing'}\nand printed\n${printed}\n${complaints}`,
      )
  }
  expect([code, complaints]).toEqual([0, ''])

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
