import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'

const ferry = path.join(import.meta.dirname, '../../bin/ferry.mjs')
const START_TIMEOUT_MS = 60_000

export interface ServedWorkspace {
  url: string
  appId: string
  authToken: string
  storageId: string
  /** Ends it in order. @returns exit status */
  stop(): Promise<number | null>
}

/** A workspace as another shell would serve it, by the `ferry` command; to a client it is an iconik. */
export async function serveWorkspace(dataDir: string, options: string[] = []): Promise<ServedWorkspace> {
  const args = [ferry, 'workspace', 'serve', '--data', dataDir, ...options]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const early = ended.then(([code]) =>
    Promise.reject(new Error(`the workspace ended with status ${String(code)}`)),
  )
  const signal = AbortSignal.timeout(START_TIMEOUT_MS)
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line', { signal }),
    early,
  ])) as [string]
  const { url, appId, authToken, storageId } = JSON.parse(line) as Omit<ServedWorkspace, 'stop'>
  return {
    url,
    appId,
    authToken,
    storageId,
    async stop() {
      child.kill('SIGTERM')
      early.catch(() => {})
      return ((await ended) as [number | null])[0]
    },
  }
}
