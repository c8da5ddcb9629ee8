import type { HashName, Hashes } from '../../ports/hasher.ts'

export type ToHashWorker =
  | { do: 'open'; stream: number; names: readonly HashName[] }
  | { do: 'update'; stream: number; bytes: Uint8Array }
  | { do: 'digest'; stream: number }
  | { do: 'close'; stream: number }

export type FromHashWorker =
  | { did: 'update'; stream: number }
  | { did: 'digest'; stream: number; hashes: Hashes }
  | { did: 'fail'; stream: number; message: string }
