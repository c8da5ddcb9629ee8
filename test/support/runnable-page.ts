// Pages of docs/ whose shell blocks can be pasted: each block is followed by what it prints, and a test runs them all.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

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

/**
 * Runs a page from its first block to its last, in one shell, and compares what each prints with what the page says.
 * @param page relative to the project, such as docs/command-line.md
 * @param temporary folder in which `mktemp` makes its files
 * @throws Error naming the line of the first block that printed something else
 */
export async function runPage(page: string, temporary: string): Promise<void> {
  const markdown = readFileSync(path.join(root, page), 'utf8')
  const blocks = blocksOf(markdown)
  expect(blocks.length).toBe(markdown.match(/^```sh$/gm)?.length)
  const { code, complaints, outputs } = await runBlocks(blocks, temporary)
  for (const [at, block] of blocks.entries()) {
    const printed = outputs[at]?.trimEnd() ?? ''
    // The border after a block is missing where the block failed.
    if (outputs[at + 1] === undefined || !pattern(block.prints ?? '').test(printed))
      throw new Error(
        `${page}:${block.line} should print\n${block.prints ?? 'nothing'}\nand printed\n${printed}\n${complaints}`,
      )
  }
  expect([code, complaints]).toEqual([0, ''])
}
