import path from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import type { CliWorld, WorkspaceToServe } from './cli-world.ts'
import { EXIT } from './exit-codes.ts'
import { parseCount } from './parse-values.ts'
import { stateDirOf } from './state-option.ts'

interface ServeOptions {
  port: number
  data?: string
  appId?: string
  authToken?: string
  indexDelay: number
  rateLimit: number | 'off'
  storage: NonNullable<WorkspaceToServe['storage']>
  previews: 'on' | 'off'
  byteSink?: string
  faults?: string
}

/** `ferry workspace serve` and `ferry workspace seed` */
export function addWorkspace(program: Command, world: CliWorld): void {
  const workspace = program
    .command('workspace')
    .description('The local workspace: the same API on this machine, without an account.')
  workspace
    .command('serve')
    .description(
      'Serve it on 127.0.0.1 until it is interrupted. The first line says where and with what credentials.',
    )
    .option('--port <n>', '0 takes a free one', parseCount(0, 65_535), 0)
    .option('--data <dir>', 'where objects and bytes are kept')
    .option('--app-id <id>')
    .option('--auth-token <token>', 'for tests and scripts; a new one at each start without it')
    .option('--index-delay <ms>', 'until search sees a change', parseCount(0, 3_600_000), 0)
    .addOption(
      new Option('--rate-limit <n|off>', 'calls a second')
        .default('off' as const)
        .argParser((text) => (text === 'off' ? text : parseCount(1, 100_000)(text))),
    )
    .addOption(new Option('--storage <method>').choices(['s3', 'gcs', 'azure', 'b2', 'file']).default('s3'))
    .addOption(new Option('--previews <on|off>').choices(['on', 'off']).default('on'))
    .option('--byte-sink <url|discard>', 'for benchmarks: where bytes go instead')
    .option('--faults <file>', 'failures to provoke, for tests')
    .action((options: ServeOptions) => serve(program, world, options))
  workspace
    .command('seed')
    .description(
      'Fill it with plausible assets, to try how it feels when it is large. Nothing may serve it meanwhile.',
    )
    .requiredOption('--assets <n>', 'how many', parseCount(1, 10_000_000))
    .option('--seed <s>', 'the same number makes the same assets', parseCount(0, 2 ** 31 - 1), 1)
    .option('--data <dir>', 'where objects and bytes are kept')
    .action((options: SeedOptions) => seed(program, world, options))
}

interface SeedOptions {
  assets: number
  seed: number
  data?: string
}

async function seed(program: Command, world: CliWorld, options: SeedOptions): Promise<void> {
  const dataDir = dataDirOf(program, world, options.data)
  let tenths = 0
  const { assets, collections, jobs } = await world.seedWorkspace({
    dataDir,
    assets: options.assets,
    seed: options.seed,
    onProgress(done, total) {
      world.output.event('progress', { done, total })
      if (Math.floor((done * 10) / total) === tenths) return
      tenths = Math.floor((done * 10) / total)
      world.output.say(`${done} of ${total} assets`)
    },
  })
  world.output.event('summary', { assets, collections, jobs, dataDir })
  world.output.say(`${assets} assets, ${collections} collections and ${jobs} jobs are in ${dataDir}.`)
}

function dataDirOf(program: Command, world: CliWorld, given: string | undefined): string {
  return given ? path.resolve(given) : path.join(stateDirOf(program, world), 'workspace')
}

async function serve(program: Command, world: CliWorld, options: ServeOptions): Promise<void> {
  const served = await world.serveWorkspace({
    dataDir: dataDirOf(program, world, options.data),
    port: options.port,
    indexDelayMs: options.indexDelay,
    rateLimit: options.rateLimit,
    storage: options.storage,
    previews: options.previews === 'on',
    ...(options.appId === undefined ? {} : { appId: options.appId }),
    ...(options.authToken === undefined ? {} : { authToken: options.authToken }),
    ...(options.byteSink === undefined ? {} : { byteSink: options.byteSink }),
    ...(options.faults === undefined ? {} : { faults: path.resolve(options.faults) }),
  })
  const { url, appId, authToken, storageId } = served
  // Whoever starts it reads this one line, with or without --json.
  process.stdout.write(`${JSON.stringify({ event: 'ready', url, appId, authToken, storageId })}\n`)
  await new Promise<void>((resolve) => {
    if (world.interrupted.aborted) resolve()
    else world.interrupted.addEventListener('abort', () => resolve(), { once: true })
  })
  await served.close()
  process.exitCode = EXIT.ok
}
