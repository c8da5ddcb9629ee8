// A process that lives as long as its launcher, and then ends with status 9. Says `alive` once it watches.
import { watchLauncher } from '../../src-main/adapters/node/launcher-lifeline.ts'

watchLauncher(process.env, () => process.exit(9))
process.stdout.write('alive\n')
setTimeout(() => {}, Number(process.env.LIVES_MS ?? 60_000))
