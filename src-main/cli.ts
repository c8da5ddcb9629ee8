// Composition root 2: the `ferry` command line, plain Node, no window.
import path from 'node:path'
import { takeFerryEnvironment } from './adapters/node/ferry-environment.ts'
import type { FerryEnvironment } from './adapters/node/ferry-environment.ts'
import { createNodeMachineChecks } from './adapters/node/node-machine-checks.ts'
import { KeychainSecretStore } from './adapters/node/keychain-secret-store.ts'
import { watchLauncher } from './adapters/node/launcher-lifeline.ts'
import { createPinoLogger } from './adapters/node/pino-logger.ts'
import type { LogLevel } from './adapters/node/pino-logger.ts'
import { workerFile } from './adapters/node/worker-file.ts'
import { WorkerWorkspace } from './adapters/node/worker-workspace.ts'
import { createSqliteAccountStore } from './adapters/node/sqlite-account-store.ts'
import { openDatabase } from './adapters/node/sqlite-database.ts'
import { createUploadJournal } from './adapters/node/upload-journal/upload-journal.ts'
import { appStateDir } from './cli/app-folders.ts'
import type { CliServices, CliWorld, RunSettings } from './cli/cli-world.ts'
import { createOutput } from './cli/output.ts'
import { createProgram, runProgram } from './cli/program.ts'
import { compose, databaseFile, openMachine } from './compose.ts'
import type { Machine } from './compose.ts'
import { AppError, findAppError } from './core/errors.ts'
import { Redactor } from './core/redact.ts'
import type { DoctorCheck } from '@contract/settings.ts'
import { VERSION } from './core/version.ts'
import type { LocalWorkspace } from './ports/local-workspace.ts'
import type { OpenSession } from './ports/account-session.ts'
import { parseAccountAddress } from './core/account-address.ts'
import { runDoctor } from './services/doctor/doctor.ts'
import { KeptTokens } from './services/accounts/kept-tokens.ts'
import { openAccount } from './services/accounts/open-account.ts'
import { renewToken } from './services/accounts/renew-token.ts'
import { TokenRenewal } from './services/accounts/token-renewal.ts'
import { systemClock } from './adapters/node/system-clock.ts'

/** How long a server may take to answer before a command gives up at its start. */
const START_PATIENCE_MS = 15_000

/** Who only looks at accounts opens no workspace. */
const noEmbeddedWorkspace: LocalWorkspace = {
  start: () =>
    Promise.reject(new AppError('auth.required', 'Start it with “ferry workspace serve” in another shell.')),
  stop: async () => undefined,
  usedBytes: async () => 0,
}

const launcherFd = process.env['FERRY_LAUNCHER_FD']
const env = takeFerryEnvironment()
const redactor = new Redactor()
const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    // Asked twice, it goes at once: the journal has everything.
    if (interruption.signal.aborted) process.exit(1)
    interruption.abort(signal)
  })
watchLauncher({ FERRY_LAUNCHER_FD: launcherFd }, () => interruption.abort('SIGTERM'))

const logger = createPinoLogger({ level: logLevel(env), redactor })
const world: CliWorld = {
  output: createOutput(() => program.opts<{ json?: boolean }>().json === true, {
    out: process.stdout,
    err: process.stderr,
    end: () => process.exit(0),
  }),
  defaultStateDir: appStateDir(process.env),
  interrupted: interruption.signal,
  openServices,
  openJournal,
  openAccounts,
  examine,
  // Picture codecs and the service come in only when they are asked for: a watch runs for weeks without them.
  serveWorkspace: async (options) => (await import('./workspace/index.ts')).startWorkspace(options),
  seedWorkspace: async (options) => (await import('./workspace/index.ts')).seedWorkspace(options),
}
const program = createProgram(world, VERSION)
process.exitCode = await runProgram(program, world, hoistGlobals(process.argv.slice(2)))
// Kept connections and worker threads may outlive the command; its work is done and written down.
process.exit()

async function openServices(stateDir: string, settings: RunSettings): Promise<CliServices> {
  const { followPreviews = false, partsAtOnce, ...overrides } = settings
  const machine = openMachine({ stateDir, logger, redactor, partsAtOnce })
  try {
    const { session, stopRenewal } = await signIn(machine, stateDir)
    const mounts: Record<string, string> = {}
    // In a thread of its own, and only when something comes from one.
    const workspace = new WorkerWorkspace(
      workerFile('workspace-worker', new URL('./workspace/worker.ts', import.meta.url)),
      (reason) => logger.error('the local workspace ended by itself', { reason }),
    )
    const services = compose(machine, {
      secrets: new KeychainSecretStore(),
      workspace,
      workspaceDir: path.join(stateDir, 'workspace'),
      session,
      overrides: { ...overrides, storageMounts: mounts },
      followPreviews,
    })
    return {
      session,
      sendingFrom: async (dataDir) => services.sendFrom(await services.accounts.knowLocal(dataDir)),
      uploads: services.uploads,
      planner: services.planner,
      watchFolders: services.commandWatchFolders,
      journal: machine.journal,
      receipts: services.receipts,
      mount: (storageId, directory) => void (mounts[storageId] = directory),
      fileSystem: machine.fileSystem,
      clock: services.clock,
      callCounts: () => session.api.callCounts(),
      async close() {
        stopRenewal()
        await services.stop()
        await workspace.stop()
        await machine.close()
      },
    }
  } catch (error) {
    await machine.close()
    throw error
  }
}

interface SignedIn {
  session: OpenSession
  stopRenewal(): void
}

/** The account of FERRY_URL, FERRY_APP_ID and FERRY_AUTH_TOKEN, else the one that the app is signed in to. */
async function signIn(machine: Machine, stateDir: string): Promise<SignedIn> {
  const given = targetFromEnvironment(env)
  const kept = given ? null : await keptLogin(machine, stateDir)
  const target = given ?? kept?.target
  if (!target) throw new AppError('auth.required', `Nobody is signed in (${stateDir}).`)
  const patience = AbortSignal.any([interruption.signal, AbortSignal.timeout(START_PATIENCE_MS)])
  try {
    const session = await openAccount(machine.connect, target, patience, kept?.token)
    await kept?.renewIfShort()
    return { session, stopRenewal: kept?.follow() ?? (() => undefined) }
  } catch (error) {
    if (patience.aborted && !interruption.signal.aborted)
      throw new AppError(
        'network.offline',
        `${target.url} did not answer within ${START_PATIENCE_MS / 1000} seconds.`,
        { cause: error },
      )
    throw error
  }
}

function targetFromEnvironment(given: FerryEnvironment) {
  const { URL: url, APP_ID: appId, AUTH_TOKEN: authToken } = given
  if (!url && !appId && !authToken) return null
  if (!url || !appId || !authToken)
    throw new AppError(
      'auth.required',
      'FERRY_URL, FERRY_APP_ID and FERRY_AUTH_TOKEN belong together; one of them is missing.',
    )
  return { kind: 'iconik' as const, url: parseAccountAddress(url), appId, authToken }
}

/** The account that the app is signed in to, with its token, which is renewed where it came from a password. */
async function keptLogin(machine: Machine, stateDir: string) {
  const store = createSqliteAccountStore(machine.database)
  const record = store.list().find((account) => account.isCurrent)
  if (!record) throw new AppError('auth.required', `Nobody is signed in (${stateDir}).`)
  if (record.kind === 'local')
    throw new AppError(
      'auth.required',
      'The app is signed in to its local workspace, which only the app itself can open.',
    )
  const tokens = new KeptTokens(new KeychainSecretStore())
  const token = { value: await tokens.require(record) }
  const renewal = new TokenRenewal(systemClock, logger)
  const renew = () => renewToken({ store, tokens, passwordLogin: machine.passwordLogin }, record, token)
  const { signedInBy, expiresMs, url, appId } = record
  return {
    target: { kind: 'iconik' as const, url, appId, authToken: token.value },
    token,
    async renewIfShort() {
      if (signedInBy !== 'password' || !renewal.isShort(expiresMs)) return
      await renew().catch((error: unknown) => {
        logger.warn('the token could not be renewed', { code: findAppError(error)?.code ?? String(error) })
      })
    },
    follow() {
      const known = store.list().find(({ id }) => id === record.id) ?? record
      if (signedInBy === 'password') renewal.follow(known.expiresMs, renew)
      return () => renewal.stop()
    },
  }
}

/** Accounts on a state folder, without opening the one that was current. */
function openAccounts(stateDir: string) {
  const machine = openMachine({ stateDir, logger, redactor })
  const { accounts } = compose(machine, {
    secrets: new KeychainSecretStore(),
    workspace: noEmbeddedWorkspace,
    workspaceDir: path.join(stateDir, 'workspace'),
    followPreviews: false,
  })
  return { accounts, close: () => machine.close() }
}

/** A sign-in that fails is one of the findings. */
async function examine(stateDir: string): Promise<DoctorCheck[]> {
  const machine = openMachine({ stateDir, logger, redactor })
  try {
    const signedIn = await signIn(machine, stateDir).catch((error: unknown) => error)
    const session = isSignedIn(signedIn) ? signedIn.session : null
    const checks = await runDoctor({
      session: { current: () => session },
      secrets: new KeychainSecretStore(),
      machine: createNodeMachineChecks({ stateDir, ffmpegPath: () => '' }),
      redactor,
    })
    if (isSignedIn(signedIn)) signedIn.stopRenewal()
    if (session) return checks
    const known = findAppError(signedIn)
    if (known?.code === 'auth.required') return checks
    const finding = known?.message ?? String(signedIn)
    const remedy = 'Check the address and the network; sign in again if the token was refused.'
    const failed: DoctorCheck = { name: 'Server and token', state: 'failed', finding, remedy }
    return checks.map((check) => (check.name === 'Account' ? failed : check))
  } finally {
    await machine.close()
  }
}

function isSignedIn(value: unknown): value is SignedIn {
  return typeof value === 'object' && value !== null && 'session' in value
}

function openJournal(stateDir: string) {
  const database = openDatabase(databaseFile(stateDir))
  const journal = createUploadJournal(database)
  return {
    journal,
    close() {
      journal.close()
      database.close()
    },
  }
}

/** --json and --state may stand anywhere on the line. */
function hoistGlobals(args: readonly string[]): string[] {
  const globals: string[] = []
  const rest: string[] = []
  const end = args.indexOf('--')
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    const isOption = end < 0 || index < end
    if (isOption && (arg === '--json' || arg.startsWith('--state='))) globals.push(arg)
    else if (isOption && arg === '--state') globals.push(arg, ...args.slice(++index, index + 1))
    else rest.push(arg)
  }
  return [...globals, ...rest]
}

function logLevel(given: FerryEnvironment): LogLevel {
  const wanted = given['LOG_LEVEL']
  return (['debug', 'info', 'warn', 'error', 'silent'] as const).find((level) => level === wanted) ?? 'error'
}
