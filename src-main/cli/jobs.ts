import type { Command } from 'commander'
import type { IconikApi, JobDocument } from '../ports/iconik-api.ts'
import type { CliWorld } from './cli-world.ts'
import { EXIT } from './exit-codes.ts'
import { parseCount } from './parse-values.ts'
import { withSession } from './with-session.ts'

const POLL_MS = 2_000

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
          if (!signal.aborted) await tellChanged(world, api, options.limit, told, signal)
        }
      })
      process.exitCode = EXIT.ok
    })
}

async function tellChanged(
  world: CliWorld,
  api: IconikApi,
  limit: number,
  told: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const { rows } = await api.jobs.list({}, 1, Math.min(100, limit), signal)
  for (const job of rows) {
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
