import { Command, CommanderError } from 'commander'
import type { CliWorld } from './cli-world.ts'
import { EXIT, EXIT_AFTER_SIGNAL, UsageError, exitCodeOf, linesFor } from './exit-codes.ts'
import { addDoctor } from './doctor.ts'
import { addLogin } from './login.ts'
import { addAsset } from './asset.ts'
import { addJobs } from './jobs.ts'
import { addMetadata } from './metadata.ts'
import { addResume } from './resume.ts'
import { addSearch } from './search.ts'
import { addSend } from './send.ts'
import { addStatus } from './status.ts'
import { addUpload } from './upload.ts'
import { addWatch } from './watch.ts'
import { addWorkspace } from './workspace.ts'

/** Commands that do nothing but tell: they are over when nobody reads them any more. */
const ONLY_TELLING: ReadonlySet<string> = new Set([
  'ferry status',
  'ferry search',
  'ferry asset',
  'ferry jobs',
  'ferry metadata get',
  'ferry doctor',
  'ferry help',
])

/** The `ferry` command with everything that it can do. */
export function createProgram(world: CliWorld, version: string): Command {
  const program = new Command('ferry')
    .description('Bring clips to iconik: nothing lost, nothing doubled.')
    .version(version)
    .option('--state <dir>', 'folder of journal and library; default: the app’s own')
    .option('--json', 'one JSON object a line on standard output')
    .showHelpAfterError()
    .exitOverride()
    .helpCommand(false)
    .hook('preAction', (_program, command) => {
      refuseEmpty(program, command)
      world.output.isAllThereIs = ONLY_TELLING.has(pathOf(command))
    })
  addUpload(program, world)
  addWatch(program, world)
  addSend(program, world)
  addResume(program, world)
  addStatus(program, world)
  addSearch(program, world)
  addAsset(program, world)
  addJobs(program, world)
  addMetadata(program, world)
  addWorkspace(program, world)
  addLogin(program, world)
  addDoctor(program, world)
  addHelp(program)
  // Global options may stand behind the command too.
  for (const command of everyCommand(program)) command.exitOverride()
  return program
}

/** `ferry help [COMMAND...]`. The parser's own takes one name, and shows the group where a command in it was asked for. */
function addHelp(program: Command): void {
  program
    .command('help')
    .description('Show what a command does.')
    .argument('[command...]')
    .action((names: string[]) => {
      let found = program
      for (const [at, name] of names.entries()) {
        const next = found.commands.find((command) => command.name() === name)
        if (!next) throw new UsageError(`There is no command “ferry ${names.slice(0, at + 1).join(' ')}”.`)
        found = next
      }
      found.outputHelp()
    })
}

/** Runs one command line and returns what the shell is told. Never rejects. */
export async function runProgram(program: Command, world: CliWorld, args: string[]): Promise<number> {
  try {
    await program.parseAsync(args, { from: 'user' })
    return signalCode(world) ?? Number(process.exitCode ?? EXIT.ok)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    const interrupted = signalCode(world)
    if (interrupted !== null) return interrupted
    world.output.warn(...linesFor(error))
    return exitCodeOf(error)
  }
}

function signalCode(world: CliWorld): number | null {
  const signal: unknown = world.interrupted.reason
  if (!world.interrupted.aborted || typeof signal !== 'string') return null
  // Serving ends by a signal as a matter of course.
  if (process.exitCode === EXIT.ok) return EXIT.ok
  return EXIT_AFTER_SIGNAL[signal as keyof typeof EXIT_AFTER_SIGNAL] ?? EXIT.someFailed
}

/** Node resolves an empty path to the current directory, which nobody named. What a shell leaves of a variable that is not set is refused. */
function refuseEmpty(program: Command, command: Command): void {
  const at = command.args.indexOf('')
  if (at >= 0) {
    const known = command.registeredArguments
    const name = (known[at] ?? known.at(-1))?.name() ?? 'argument'
    throw new UsageError(`The ${name} that was given is empty. A variable may not be set.`)
  }
  for (const given of new Set([program, command]))
    for (const option of given.options)
      if (given.getOptionValue(option.attributeName()) === '')
        throw new UsageError(`What was given for ${option.long} is empty. A variable may not be set.`)
}

/** "ferry metadata get" */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

function everyCommand(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...everyCommand(child)])
}
