/**
 * Whether this process was started by the `ferry` command of a package, and with what. The command says so by a variable of
 * the environment: an argument could come from a link that somebody clicked. The variable is taken away, so that no
 * process that Ferry starts takes itself for the command.
 *
 * @param argv of the process; the command's own arguments stand after `--`, where Chromium does not read on
 * @returns the arguments of the command; null when the app is meant
 */
export function takeCommandArguments(env: NodeJS.ProcessEnv, argv: readonly string[]): string[] | null {
  const isCommand = env['FERRY_RUN'] === 'command'
  delete env['FERRY_RUN']
  const end = argv.indexOf('--')
  return isCommand ? argv.slice(end === -1 ? argv.length : end + 1) : null
}
