// What Electron starts: the window, or the command line where the `ferry` command of a package asks for it. A package is not to
// run as plain Node (its fuses say so), so that both are one program.
import { takeCommandArguments } from './shell/command-start.ts'

const commandArguments = takeCommandArguments(process.env, process.argv)
if (commandArguments === null) await import('./index.ts')
else {
  process.argv = [process.execPath, 'ferry', ...commandArguments]
  await import('./cli.ts')
}
