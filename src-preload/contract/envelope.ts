import { z } from 'zod'
import { ErrorView } from './errors.ts'

/** Raised when a frame changes shape; page and main of one build always agree, so a mismatch is a bug. */
export const PROTOCOL_VERSION = 1

export const CallFrame = z.object({
  kind: z.literal('call'),
  v: z.literal(PROTOCOL_VERSION),
  /** Chosen by the caller, unique among its open calls; a cancel frame names it. */
  id: z.string().min(1).max(64),
  method: z.string().max(100),
  input: z.unknown(),
})
export type CallFrame = z.infer<typeof CallFrame>

export const CancelFrame = z.object({
  kind: z.literal('cancel'),
  v: z.literal(PROTOCOL_VERSION),
  id: z.string().min(1).max(64),
})
export type CancelFrame = z.infer<typeof CancelFrame>

export const RequestFrame = z.discriminatedUnion('kind', [CallFrame, CancelFrame])
export type RequestFrame = z.infer<typeof RequestFrame>

export const Reply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: ErrorView }),
])
export type Reply = z.infer<typeof Reply>

export const EventFrame = z.object({
  kind: z.literal('event'),
  v: z.literal(PROTOCOL_VERSION),
  name: z.string(),
  payload: z.unknown(),
})
export type EventFrame = z.infer<typeof EventFrame>

/** What the preload puts on `window.ferry`: a transport and nothing that knows the domain. */
export interface Bridge {
  /** Sends one request frame; resolves with its reply. A cancel frame resolves with an empty ok reply. */
  call(frame: RequestFrame): Promise<Reply>
  /** Hears every event frame until the returned function is called. */
  subscribe(listener: (frame: EventFrame) => void): () => void
  /** The absolute path of a file that was dropped or chosen; '' when the platform does not tell. */
  pathForFile(file: unknown): Promise<string>
}
