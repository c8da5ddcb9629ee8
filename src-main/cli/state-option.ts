import path from 'node:path'
import type { Command } from 'commander'
import type { CliWorld } from './cli-world.ts'

/** The folder of journal and library that --state names; the app's own without it. */
export function stateDirOf(program: Command, world: CliWorld): string {
  const { state } = program.opts<{ state?: string }>()
  return state ? path.resolve(state) : world.defaultStateDir
}
