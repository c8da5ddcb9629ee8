/** What Ferry was told by FERRY_* variables, by their names without the prefix, such as AUTH_TOKEN. */
export type FerryEnvironment = Readonly<Record<string, string>>

/**
 * Takes the FERRY_* variables out of an environment, so that no helper process inherits them: they may hold a token.
 * To be called once, before anything starts a process.
 */
export function takeFerryEnvironment(env: NodeJS.ProcessEnv = process.env): FerryEnvironment {
  const taken: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('FERRY_')) continue
    if (value !== undefined) taken[name.slice('FERRY_'.length)] = value
    delete env[name]
  }
  return taken
}
