// The store's own thread: SQLite and the index live here, so that no query or fill keeps the interface waiting.
import { parentPort, workerData } from 'node:worker_threads'
import { AppError, findAppError } from '../../../core/errors.ts'
import { CallQueue } from './call-queue.ts'
import { SqliteLibrary } from './sqlite-library.ts'
import type { StoreAnswer, StoreCall } from './store-messages.ts'

const { file } = workerData as { file: string }
let library: SqliteLibrary | undefined

function answer({ id, method, args }: StoreCall): StoreAnswer {
  try {
    library ??= new SqliteLibrary(file)
    const run = library[method] as (...args: unknown[]) => unknown
    return { id, value: run.apply(library, args) ?? null }
  } catch (error) {
    const known =
      findAppError(error) ?? new AppError('store.failed', 'The library could not be read or written.')
    return {
      id,
      error: { ...known.toView(), cause: error instanceof Error ? String(error.stack) : String(error) },
    }
  }
}

const calls = new CallQueue()
let isRunning = false

/** Whether everything that a call needs was read; one piece of it is read at a time. */
function isReady(call: StoreCall): boolean {
  try {
    return library?.readies(call) ?? true
  } catch {
    // The call itself tells what is wrong.
    return true
  }
}

/** One call a turn, so that what came meanwhile is seen before the next. */
function runNext(): void {
  const call = calls.next()
  if (!call) {
    isRunning = library?.rest() ?? false
    if (isRunning) setImmediate(runNext)
    return
  }
  if (!isReady(call)) {
    calls.putBack(call)
    setImmediate(runNext)
    return
  }
  parentPort?.postMessage(answer(call))
  if (call.method === 'close') parentPort?.close()
  else setImmediate(runNext)
}

parentPort?.on('message', (call: StoreCall) => {
  calls.add(call)
  if (isRunning) return
  isRunning = true
  setImmediate(runNext)
})
