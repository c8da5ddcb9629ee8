import { findAppError } from '../../core/errors.ts'
import type { KeptKind, LibraryStore } from '../../ports/library-store.ts'

/** An answer of the server, kept for when it cannot be reached; then what was kept. @throws AppError when nothing was */
export async function keptWhenAway<T>(
  store: LibraryStore,
  kind: KeptKind,
  key: string,
  read: () => Promise<T>,
): Promise<T> {
  try {
    const value = await read()
    await store.keep(kind, key, value)
    return value
  } catch (error) {
    const code = findAppError(error)?.code
    const isAway = code?.startsWith('network.') || code === 'auth.required'
    const kept = isAway ? await store.kept(kind, key) : null
    if (kept === null) throw error
    return kept as T
  }
}
