import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'

const ferry = path.join(import.meta.dirname, '../../bin/ferry.mjs')

/** Somebody who may call the workspace. */
export interface Caller {
  call<T = Record<string, unknown>>(method: string, route: string, body?: unknown): Promise<T>
}

export interface ServedWorkspace extends Caller {
  url: string
  appId: string
  authToken: string
  env: Record<string, string>
  /** A person of the workspace, with credentials of their own. */
  person(firstName: string, lastName: string): Promise<Caller & { id: string }>
  stop(): Promise<void>
}

/** Runs the `ferry` command to its end. @throws Error with what it said when it ends otherwise than with 0 */
export async function runFerry(args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const child = spawn(process.execPath, [ferry, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  })
  let said = ''
  child.stderr.on('data', (chunk) => (said += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`ferry ${args.join(' ')} ended with ${code}: ${said.slice(-500)}`)
}

/** Serves a workspace from a folder, with previews, for as long as the tour lasts. */
export async function serveWorkspace(dataDir: string): Promise<ServedWorkspace> {
  const child = spawn(process.execPath, [ferry, 'workspace', 'serve', '--data', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { url, appId, authToken } = JSON.parse(line) as { url: string; appId: string; authToken: string }
  const as = (callerAppId: string, token: string): Caller['call'] =>
    async function call<T>(method: string, route: string, body?: unknown): Promise<T> {
      const answer = await fetch(`${url}/API/${route}`, {
        method,
        headers: { 'app-id': callerAppId, 'auth-token': token, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${text.slice(0, 300)}`)
      return (text ? JSON.parse(text) : {}) as T
    }
  const call = as(appId, authToken)
  return {
    url,
    appId,
    authToken,
    call,
    env: { FERRY_URL: url, FERRY_APP_ID: appId, FERRY_AUTH_TOKEN: authToken },
    async person(firstName, lastName) {
      const email = `${firstName}.${lastName}@example.com`.toLowerCase()
      const { id } = await call<{ id: string }>('POST', 'users/v1/users/', {
        email,
        first_name: firstName,
        last_name: lastName,
        type: 'POWER',
        is_admin: true,
      })
      const app = await call<{ id: string }>('POST', 'auth/v1/apps/', {
        name: firstName,
        default_user_id: id,
      })
      const { token } = await call<{ token: string }>('POST', `auth/v1/apps/${app.id}/token/`)
      return { id, call: as(app.id, token) }
    },
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}
