import { z } from 'zod'

/** What a storage's adapter wants remembered about a transfer that is under way; only that adapter looks inside. */
export const TransferMemory = z.looseObject({ method: z.enum(['S3', 'GCS', 'AZURE', 'B2', 'FILE']) })
export type TransferMemory = z.infer<typeof TransferMemory>
