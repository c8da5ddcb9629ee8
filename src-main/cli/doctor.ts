import type { Command } from 'commander'
import type { CliWorld } from './cli-world.ts'
import { EXIT } from './exit-codes.ts'
import { stateDirOf } from './state-option.ts'

const SIGNS = { ok: 'ok    ', warn: 'note  ', failed: 'FAILED' } as const

/** `ferry doctor`: one line for each thing that uploads need. */
export function addDoctor(program: Command, world: CliWorld): void {
  program
    .command('doctor')
    .description('Look at everything that uploads need, and say what to do about what is wrong.')
    .action(async () => {
      const checks = await world.examine(stateDirOf(program, world))
      for (const check of checks) {
        world.output.event('check', { ...check })
        world.output.say(`${SIGNS[check.state]}  ${check.name}: ${check.finding}`)
        if (check.remedy) world.output.say(`        ${check.remedy}`)
      }
      process.exitCode = checks.some((check) => check.state === 'failed') ? EXIT.someFailed : EXIT.ok
    })
}
