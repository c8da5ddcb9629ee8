import { z } from 'zod'
import { call, event } from './define.ts'
import { AssetId, NoInput, Nothing, Window } from './ids.ts'

/** One file on its way to a folder of this machine. */
export const DownloadView = z.object({
  id: z.string(),
  assetId: AssetId,
  title: z.string(),
  fileName: z.string(),
  /** Where it lies once it is done; '' before. */
  path: z.string(),
  state: z.enum(['waiting', 'loading', 'done', 'failed', 'cancelled']),
  sizeBytes: z.number().nullable(),
  doneBytes: z.number(),
  /** What the bytes were compared with: a checksum that iconik knew, the size alone, or nothing. */
  proof: z.enum(['checksum', 'size', 'none']),
  /** Why it failed, or why nobody waits for it any more, plain text; '' when there is nothing to say. */
  reason: z.string(),
})
export type DownloadView = z.infer<typeof DownloadView>

/** How many there are in each state, over all accounts. */
export const DownloadCounts = z.record(DownloadView.shape.state, z.number().int())
export type DownloadCounts = z.infer<typeof DownloadCounts>

export const DownloadChange = z.object({
  /** Those that changed since the last event. Empty where `listChanged` and they are many. */
  rows: z.array(DownloadView),
  /** Rows came or went, or more changed than are named: what is in sight is to be read again. */
  listChanged: z.boolean(),
  counts: DownloadCounts,
})
export type DownloadChange = z.infer<typeof DownloadChange>

const Ids = z.object({ ids: z.array(z.string()).min(1).max(100_000) })

export const downloads = {
  /** Newest first. */
  'downloads.list': call({
    input: z.object({ window: Window }),
    output: z.object({ total: z.number().int(), rows: z.array(DownloadView), counts: DownloadCounts }),
  }),
  'downloads.start': call({
    input: z.object({
      assetIds: z.array(AssetId).min(1).max(10_000),
      what: z.enum(['originals', 'proxies']),
      folder: z.string().min(1),
    }),
    output: Nothing,
  }),
  'downloads.cancel': call({ input: Ids, output: Nothing }),
  'downloads.retry': call({ input: Ids, output: Nothing }),
  /** Takes those that ended off the list; the files stay. */
  'downloads.clear': call({ input: NoInput, output: Nothing }),
  /** At most four times a second while anything moves. */
  'downloads.changed': event(DownloadChange),
}
