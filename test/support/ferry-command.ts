import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createHash, randomFillSync } from 'node:crypto'
import { closeSync, openSync, utimesSync, writeSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
// @ts-expect-error plain JavaScript, since it has to run before anything is installed
import { ensureBuilt } from '../../tools/start/build.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the command line when its sources are newer than what was built. */
export function buildFerry(): void {
  if (!ensureBuilt({ node: process.execPath })) throw new Error('Ferry could not be built.')
}

export interface FerryRun {
  code: number | null
  stdout: string
  stderr: string
  /** Objects of --json, in order. */
  events: Record<string, unknown>[]
}

/** The built command line, as its launcher starts it, so that a kill hits the process that works. */
export function startFerry(
  args: readonly string[],
  env: Record<string, string> = {},
  { input, ...as }: { uid?: number; /** For its standard input. */ input?: string } = {},
): { child: ChildProcess; ended: Promise<FerryRun> } {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FERRY_')))
  const child = spawn(process.execPath, [path.join(root, 'out/main/cli.js'), ...args], {
    ...as,
    env: { ...clean, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {}).end(input ?? '')
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<FerryRun>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const events = args.includes('--json')
        ? stdout
            .split('\n')
            .filter((line) => line.startsWith('{') && line.endsWith('}'))
            .map((line) => JSON.parse(line) as Record<string, unknown>)
        : []
      resolve({ code, stdout, stderr, events })
    })
  })
  return { child, ended }
}

export function runFerry(
  args: readonly string[],
  env: Record<string, string> = {},
  as: { uid?: number } = {},
): Promise<FerryRun> {
  return startFerry(args, env, as).ended
}

/** A file of random bytes, an hour old so that it counts as settled. @returns its MD5 in hex */
export function writeRandomFile(file: string, sizeBytes: number): string {
  const hash = createHash('md5')
  const block = new Uint8Array(Math.max(4, Math.min(sizeBytes, 4 * 1024 * 1024)))
  randomFillSync(block)
  const descriptor = openSync(file, 'w')
  for (let left = sizeBytes, turn = 0; left > 0; turn++) {
    // Each block differs, so that two parts never have the same sum.
    new DataView(block.buffer).setUint32(0, turn, true)
    const piece = block.subarray(0, Math.min(left, block.length))
    writeSync(descriptor, piece)
    hash.update(piece)
    left -= piece.length
  }
  closeSync(descriptor)
  age(file)
  return hash.digest('hex')
}

/** Makes a file an hour old. */
export function age(file: string): void {
  const then = new Date(Date.now() - 3_600_000)
  utimesSync(file, then, then)
}
