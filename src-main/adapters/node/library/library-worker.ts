// The store's own thread: SQLite and the index live here, so that no query or fill keeps the interface waiting.
import { parentPort, workerData } from 'node:worker_threads'
import { AppError, findAppError } from '../../../core/errors.ts'
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

parentPort?.on('message', (call: StoreCall) => {
  parentPort?.postMessage(answer(call))
  if (call.method === 'close') parentPort?.close()
})
