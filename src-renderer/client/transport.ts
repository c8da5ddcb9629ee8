import type { EventFrame, Reply, RequestFrame } from '@contract/envelope.ts'

/** What a contract client needs of the world: send one frame and hear events. */
export interface Transport {
  /** Sends one frame; resolves with its reply. Rejects only when nothing can be sent at all. */
  request(frame: RequestFrame): Promise<Reply>
  /** Hears every event frame until the returned function is called. */
  subscribe(listener: (frame: EventFrame) => void): () => void
}
