import type { Command } from 'commander'
import type { OpenSession } from '../ports/account-session.ts'
import type { CliWorld } from './cli-world.ts'
import { stateDirOf } from './state-option.ts'

/** Runs a command as the signed-in account and lets go of everything when it ends. */
export async function withSession<T>(
  program: Command,
  world: CliWorld,
  run: (session: OpenSession, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const services = await world.openServices(stateDirOf(program, world), {})
  try {
    return await run(services.session, world.interrupted)
  } finally {
    await services.close()
  }
}
