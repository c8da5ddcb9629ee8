import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import { AppError } from '../core/errors.ts'
import type { CliWorld } from './cli-world.ts'
import { stateDirOf } from './state-option.ts'

const MOST_TOKEN_CHARACTERS = 20_000

/** `ferry login` and `ferry logout`: the account that the app and later commands use. */
export function addLogin(program: Command, world: CliWorld): void {
  program
    .command('login')
    .description('Sign in to iconik. The token is read from standard input and kept in the keychain.')
    .option('--url <url>', 'address of iconik', 'https://app.iconik.io')
    .requiredOption('--app-id <id>', 'App-ID, made in iconik under Admin > Settings > Application Tokens')
    .action(async (options: { url: string; appId: string }) => {
      const authToken = await readToken(process.stdin, process.stderr)
      const { accounts, close } = world.openAccounts(stateDirOf(program, world))
      try {
        const account = await accounts.connect({ ...options, authToken, keepIn: 'keychain' })
        const { keychain } = await accounts.state()
        world.output.event('signed-in', { name: account.name, userName: account.userName, url: account.url })
        world.output.say(`Signed in to ${account.name} as ${account.userName}.`)
        world.output.say(`The token is in ${keychain.backend}.`)
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
        const { current } = await accounts.state()
        if (!current) throw new AppError('auth.required', 'Nobody is signed in.')
        await accounts.signOut(current.id)
        world.output.event('signed-out', { name: current.name })
        world.output.say(`Signed out of ${current.name}. Uploads that are not finished wait for you.`)
      } finally {
        await close()
      }
    })
}

/** The first line of standard input. At a terminal it is asked for, and what is typed is not shown. */
async function readToken(input: Readable & { isTTY?: boolean }, prompt: NodeJS.WriteStream): Promise<string> {
  if (input.isTTY) prompt.write('Token (it is not shown): ')
  const lines = createInterface({ input, terminal: Boolean(input.isTTY) })
  try {
    for await (const line of lines) {
      const token = line.trim()
      if (token && token.length <= MOST_TOKEN_CHARACTERS) return token
      break
    }
  } finally {
    lines.close()
    if (input.isTTY) prompt.write('\n')
  }
  throw new AppError('auth.required', 'There was no token on standard input.')
}
