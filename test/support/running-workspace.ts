import { afterAll } from 'vitest'
import { createIconikApi } from '@main/adapters/iconik/iconik-api.ts'
import type { Exchange } from '@main/adapters/iconik/http.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import type { IconikApi } from '@main/ports/iconik-api.ts'
import type { Logger } from '@main/ports/logger.ts'
import type { Network } from '@main/ports/network.ts'
import { startWorkspace, type Workspace, type WorkspaceOptions } from '@main/workspace/index.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
}

export interface RunningWorkspace {
  workspace: Workspace
  api: IconikApi
  network: Network
  /** Every call of the client with its answer, in order. */
  exchanges: Exchange[]
  /** Replaces the fault rules. */
  setFaults(rules: unknown[]): Promise<void>
  inspect(): Promise<Record<string, unknown>>
}

/** A workspace of its own for the running test file, with a client signed in; both end with the file. */
export async function runWorkspace(options: Partial<WorkspaceOptions> = {}): Promise<RunningWorkspace> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'ferry-workspace-'))
  const workspace = await startWorkspace({ dataDir, previews: false, faults: { rules: [] }, ...options })
  const network = createNetwork({ env: {} })
  const exchanges: Exchange[] = []
  const api = createIconikApi({
    url: workspace.url,
    appId: workspace.appId,
    authToken: () => workspace.authToken,
    network,
    clock: systemClock,
    logger: silentLogger,
    observe: (exchange) => exchanges.push(exchange),
  })
  afterAll(async () => {
    await network.close()
    await workspace.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const headers = {
    'app-id': workspace.appId,
    'auth-token': workspace.authToken,
    'content-type': 'application/json',
  }
  return {
    workspace,
    api,
    network,
    exchanges,
    async setFaults(rules) {
      const answer = await fetch(`${workspace.url}/_faults`, {
        method: 'PUT',
        headers,
        body: JSON.stringify({ seed: 1, rules }),
      })
      if (!answer.ok) throw new Error(`The fault rules were refused: ${answer.status} ${await answer.text()}`)
    },
    async inspect() {
      const answer = await fetch(`${workspace.url}/_inspect`, { headers })
      return (await answer.json()) as Record<string, unknown>
    },
  }
}
