import type { Command } from 'commander'
import type { IconikApi, JobDocument } from '../ports/iconik-api.ts'
import type { CliWorld } from './cli-world.ts'
import { findAppError } from '../core/errors.ts'
import { EXIT, linesFor } from './exit-codes.ts'
import { parseCount } from './parse-values.ts'
import { withSession } from './with-session.ts'

const POLL_MS = 2_000
const PAGE = 100

/** `ferry jobs [--follow]`: the newest jobs, and with --follow each that changes, until interrupted. */
export function addJobs(program: Command, world: CliWorld): void {
  program
    .command('jobs')
    .description('Show jobs of iconik, newest first.')
    .option('--follow', 'go on showing what changes, until interrupted')
    .option('--limit <n>', 'most jobs to look at', parseCount(1, 100_000), 50)
    .action(async (options: { follow?: boolean; limit: number }) => {
      await withSession(program, world, async ({ api }, signal) => {
        const told = new Map<string, string>()
        await tellChanged(world, api, options.limit, told, signal)
        while (options.follow && !signal.aborted) {
          await pause(POLL_MS, signal)
          if (!signal.aborted) await goOn(world, () => tellChanged(world, api, options.limit, told, signal))
        }
      })
      process.exitCode = EXIT.ok
    })
}

/** Whoever follows waits for a server that is away for a while; what will be refused tomorrow too ends the command. */
async function goOn(world: CliWorld, look: () => Promise<void>): Promise<void> {
  try {
    await look()
  } catch (error) {
    const when = findAppError(error)?.retry.when
    if (when !== 'online' && when !== 'later' && when !== 'after') throw error
    world.output.warn(...linesFor(error))
  }
}

/** The newest jobs, page by page. New ones that come in between push others on: each is taken once. */
async function newest(api: IconikApi, limit: number, signal: AbortSignal): Promise<JobDocument[]> {
  const found = new Map<string, JobDocument>()
  for (let page = 1; found.size < limit; page += 1) {
    const { rows, pages } = await api.jobs.list({}, page, Math.min(PAGE, limit), signal)
    for (const job of rows) found.set(job.id, job)
    if (page >= pages) break
  }
  return [...found.values()].slice(0, limit)
}

async function tellChanged(
  world: CliWorld,
  api: IconikApi,
  limit: number,
  told: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  for (const job of await newest(api, limit, signal)) {
    const said = `${job.status} ${job.progress ?? ''} ${job.message} ${job.errorMessage}`
    if (told.get(job.id) === said) continue
    told.set(job.id, said)
    tellJob(world, job)
  }
}

function tellJob(world: CliWorld, job: JobDocument): void {
  const { id, type, title, status, progress, objectType, objectId, parentId, message, errorMessage } = job
  world.output.event('job', {
    id,
    type,
    title,
    status,
    progress,
    objectType,
    objectId,
    parentId,
    message,
    errorMessage,
  })
  const percent = progress === null ? '' : `${progress} %`
  world.output.say(
    [job.id, status, percent, type, title, errorMessage].filter((part) => part !== '').join('  '),
  )
}

/** Ends early when the command is interrupted. */
const pause = (delayMs: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, delayMs)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
