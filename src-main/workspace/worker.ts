// The workspace on a thread of its own, so that what it hashes and indexes never makes a window wait. It starts with the options
// in `workerData`, posts one message, `{ ready }` or `{ failed }`, and closes on `close`.
import { parentPort, workerData } from 'node:worker_threads'
import type { Workspace, WorkspaceOptions } from './options.ts'
import { startWorkspace } from './workspace.ts'

export type WorkspaceWorkerMessage =
  { ready: Omit<Workspace, 'close'> } | { failed: { message: string; code: string | null } }

const tell = (message: WorkspaceWorkerMessage) => parentPort?.postMessage(message)

try {
  const workspace = await startWorkspace(workerData as WorkspaceOptions)
  const { url, appId, authToken, storageId, dataDir } = workspace
  parentPort?.once('message', () => {
    void workspace.close().finally(() => parentPort?.close())
  })
  tell({ ready: { url, appId, authToken, storageId, dataDir } })
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException
  tell({ failed: { message, code: code ?? null } })
}
