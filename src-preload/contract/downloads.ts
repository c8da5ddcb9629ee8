import { z } from 'zod'
import { call, event } from './define.ts'
import { AssetId, NoInput, Nothing } from './ids.ts'

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
  /** Why it failed, plain text. */
  reason: z.string(),
})
export type DownloadView = z.infer<typeof DownloadView>

const Ids = z.object({ ids: z.array(z.string()).min(1).max(100_000) })

export const downloads = {
  /** Newest first. */
  'downloads.list': call({ input: NoInput, output: z.array(DownloadView) }),
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
  'downloads.changed': event(z.array(DownloadView)),
}
