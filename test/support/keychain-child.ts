// Run by keychain-states.test.ts inside a session bus of its own: does with the keychain what Ferry does, and prints what became
// of it as one JSON object.
import { AppError } from '../../src-main/core/errors.ts'
import { KeychainSecretStore } from '../../src-main/adapters/node/keychain-secret-store.ts'

const store = new KeychainSecretStore({ service: 'Ferry test', timeoutMs: 8000 })
const [task, secret = ''] = process.argv.slice(2)

async function attempt(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return (await work()) ?? null
  } catch (error) {
    return error instanceof AppError ? { code: error.code, message: error.message } : { bug: String(error) }
  }
}

const tasks: Record<string, () => Promise<unknown>> = {
  keep: () => store.set('account', secret),
  read: () => store.get('account'),
  remove: () => store.delete('account'),
}
const outcome = { state: await store.state(), got: await attempt(tasks[task ?? ''] ?? store.state) }
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0))
