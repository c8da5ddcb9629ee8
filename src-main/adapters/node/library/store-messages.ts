import type { ErrorView } from '@contract/errors.ts'
import type { LibraryStore } from '../../../ports/library-store.ts'

export interface StoreCall {
  id: number
  method: keyof LibraryStore
  args: unknown[]
}

export type StoreAnswer =
  { id: number; value: unknown } | { id: number; error: ErrorView & { cause: string } }
