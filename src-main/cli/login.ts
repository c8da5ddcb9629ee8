import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline'
import type { AccountView } from '@contract/accounts.ts'
import type { Command } from 'commander'
import { AppError } from '../core/errors.ts'
import type { LoginDomain } from '../ports/password-login.ts'
import type { Accounts } from '../services/accounts/accounts.ts'
import type { CliWorld } from './cli-world.ts'
import { stateDirOf } from './state-option.ts'

const MOST_SECRET_CHARACTERS = 20_000

interface LoginOptions {
  url: string
  appId?: string
  email?: string
  domain?: string
  code?: string
}

/** `ferry login` and `ferry logout`: the account that the app and later commands use. */
export function addLogin(program: Command, world: CliWorld): void {
  program
    .command('login')
    .description(
      'Sign in to iconik, by a token or by e-mail and password. What is secret is read from standard input; the token is kept in the keychain.',
    )
    .option('--url <url>', 'address of iconik', 'https://app.iconik.io')
    .option('--app-id <id>', 'App-ID, made in iconik under Admin > Settings > Application Tokens')
    .option('--email <address>', 'sign in with this address; its password is read from standard input')
    .option('--domain <name>', 'name or id of the domain, where the address belongs to several')
    .option('--code <code>', 'one-time code, where the domain asks for one')
    .action(async (options: LoginOptions) => {
      if ((options.appId === undefined) === (options.email === undefined))
        program.error('error: give either --app-id or --email', { exitCode: 2 })
      const { accounts, close } = world.openAccounts(stateDirOf(program, world))
      try {
        const account =
          options.email === undefined
            ? await byToken(accounts, options)
            : await byPassword(accounts, { ...options, email: options.email }, world)
        const { backend } = await accounts.keychain()
        world.output.event('signed-in', { name: account.name, userName: account.userName, url: account.url })
        world.output.say(`Signed in to ${account.name} as ${account.userName}.`)
        world.output.say(`The token is in ${backend}.`)
      } finally {
        await close()
      }
    })

  program
    .command('logout')
    .description('Forget the account that is signed in, and remove its token from the keychain.')
    .action(async () => {
      const { accounts, close } = world.openAccounts(stateDirOf(program, world))
      try {
        const { current } = accounts.state()
        if (!current) throw new AppError('auth.required', 'Nobody is signed in.')
        await accounts.signOut(current.id)
        world.output.event('signed-out', { name: current.name })
        world.output.say(`Signed out of ${current.name}. Uploads that are not finished wait for you.`)
      } finally {
        await close()
      }
    })
}

async function byToken(accounts: Accounts, { url, appId = '' }: LoginOptions): Promise<AccountView> {
  const authToken = await readSecret('Token')
  return accounts.connect({ url, appId, authToken, keepIn: 'keychain' })
}

async function byPassword(
  accounts: Accounts,
  options: LoginOptions & { email: string },
  world: CliWorld,
): Promise<AccountView> {
  const { url, email } = options
  const login = await accounts.logins.begin({ url, email, password: await readSecret('Password') })
  if (login.domains.length === 0) return accounts.finishLogin(login.id, null, 'keychain')
  const domain = chosenDomain(login.domains, options.domain)
  let code = options.code ?? null
  if (domain.code !== null && code === null) {
    if (domain.code === 'mail') {
      await accounts.logins.sendCode(login.id, domain.id)
      world.output.say(`iconik sends a one-time code to ${email}.`)
    }
    if (!process.stdin.isTTY)
      throw new AppError(
        'auth.required',
        `${domain.name} asks for a one-time code. Run the command again with --code.`,
      )
    code = await readSecret('One-time code')
  }
  return accounts.finishLogin(login.id, { domainId: domain.id, code }, 'keychain')
}

/** @throws AppError api.invalid naming the domains when none, or none of that name, was given */
export function chosenDomain(domains: readonly LoginDomain[], wanted: string | undefined): LoginDomain {
  const lower = wanted?.toLowerCase()
  const found =
    lower === undefined && domains.length === 1
      ? domains[0]
      : domains.find(({ id, name }) => id === lower || name.toLowerCase() === lower)
  if (found) return found
  const names = domains.map(({ name }) => `“${name}”`).join(', ')
  throw new AppError(
    'api.invalid',
    wanted === undefined
      ? `This address belongs to several domains. Choose one with --domain: ${names}.`
      : `There is no domain “${wanted}” for this address, only ${names}.`,
  )
}

/** One line of standard input. At a terminal it is asked for, and what is typed is not shown. */
async function readSecret(what: string): Promise<string> {
  const input: Readable & { isTTY?: boolean } = process.stdin
  const prompt = process.stderr
  if (input.isTTY) prompt.write(`${what} (it is not shown): `)
  const lines = createInterface({ input, terminal: Boolean(input.isTTY) })
  try {
    for await (const line of lines) {
      const secret = line.trim()
      if (secret && secret.length <= MOST_SECRET_CHARACTERS) return secret
      break
    }
  } finally {
    lines.close()
    if (input.isTTY) prompt.write('\n')
  }
  throw new AppError('auth.required', `There was no ${what.toLowerCase()} on standard input.`)
}
