import { once } from 'node:events'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../core/errors.ts'
import type { LocalWorkspace, RunningWorkspace } from '../../ports/local-workspace.ts'

/** What the thread says of itself: see the worker of the workspace. Stated again here, as neither imports the other. */
type Said = { ready: RunningWorkspace } | { failed: { message: string; code: string | null } }

interface Running {
  worker: Worker
  workspace: RunningWorkspace
}

const CLOSE_TIMEOUT_MS = 8000

/** The workspace in a worker thread. One at a time: starting another folder closes the first. */
export class WorkerWorkspace implements LocalWorkspace {
  readonly #script: URL
  readonly #onGone: (reason: string) => void
  #running: Promise<Running> | null = null
  #dataDir: string | null = null

  /**
   * @param script the worker of the workspace; only a composition root names it
   * @param onGone called when the thread ended by itself; the next start makes a new one
   */
  constructor(script: URL, onGone: (reason: string) => void = () => {}) {
    this.#script = script
    this.#onGone = onGone
  }

  async start(dataDir: string): Promise<RunningWorkspace> {
    const folder = path.resolve(dataDir)
    if (this.#dataDir !== folder) await this.stop()
    this.#dataDir = folder
    this.#running ??= this.#launch(folder)
    try {
      return (await this.#running).workspace
    } catch (error) {
      this.#running = null
      throw error
    }
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#running = null
    this.#dataDir = null
    const worker = (await running?.catch(() => null))?.worker
    if (!worker) return
    const ended = once(worker, 'exit')
    worker.postMessage('close')
    const timer = setTimeout(() => void worker.terminate(), CLOSE_TIMEOUT_MS)
    await ended
    clearTimeout(timer)
  }

  async usedBytes(dataDir: string): Promise<number> {
    const names = await readdir(dataDir, { recursive: true, withFileTypes: true }).catch(() => [])
    let usedBytes = 0
    for (const entry of names) {
      if (!entry.isFile()) continue
      const found = await stat(path.join(entry.parentPath, entry.name)).catch(() => null)
      usedBytes += found?.size ?? 0
    }
    return usedBytes
  }

  async #launch(dataDir: string): Promise<Running> {
    const worker = new Worker(this.#script, { workerData: { dataDir }, name: 'workspace' })
    const said = await firstWord(worker)
    if ('failed' in said) {
      await worker.terminate()
      throw startFailure(dataDir, said.failed)
    }
    worker.on('error', (error) => this.#forget(worker, error.message))
    worker.on('exit', (code) => this.#forget(worker, `it ended with ${code}`))
    return { worker, workspace: said.ready }
  }

  #forget(worker: Worker, reason: string): void {
    const running = this.#running
    if (running) void this.#forgetIf(running, worker, reason)
  }

  async #forgetIf(running: Promise<Running>, worker: Worker, reason: string): Promise<void> {
    const current = await running.catch(() => null)
    if (current?.worker !== worker || this.#running !== running) return
    this.#running = null
    this.#onGone(reason)
  }
}

async function firstWord(worker: Worker): Promise<Said> {
  const failed = (message: string): Said => ({ failed: { message, code: null } })
  const early = async () => failed(`it ended with ${String((await once(worker, 'exit'))[0])}`)
  try {
    return await Promise.race([once(worker, 'message').then(([said]) => said as Said), early()])
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error))
  }
}

function startFailure(
  dataDir: string,
  { message, code }: { message: string; code: string | null },
): AppError {
  const details = { path: dataDir, reason: message }
  if (code === 'ENOSPC')
    return new AppError('store.full', `There is no room left at ${dataDir}.`, { details })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR')
    return new AppError('file.unreadable', `The folder ${dataDir} cannot be used: ${message}.`, { details })
  return new AppError('store.failed', `The local workspace at ${dataDir} did not start: ${message}.`, {
    details,
  })
}
