import { z } from 'zod'
import { call } from './define.ts'
import { AccountId, AssetId, BatchId, StorageId, ViewId } from './ids.ts'
import { StorageView } from './settings.ts'
import { Access } from './uploads.ts'

/** So many assets are read for one sending; whoever has more sends again. */
export const MOST_TO_SEND = 20_000

/** What of the local workspace goes to which account, and how it is to lie there. */
export const SendRequest = z.object({
  accountId: AccountId,
  /** null: everything that is in the local workspace. */
  assetIds: z.array(AssetId).min(1).max(MOST_TO_SEND).nullable(),
  /** View of the account that takes the values; null: the one that takes most of them; 'none': no values go along. */
  viewId: z
    .union([ViewId, z.literal('none')])
    .nullable()
    .default(null),
  /** Titles from the top of the collection that they go into, found or made; [] for none. */
  into: z.array(z.string().trim().min(1).max(500)).max(20).default([]),
  /** Whether the collections of the workspace are made there too, below `into`. */
  withCollections: z.boolean().default(true),
  storageId: StorageId.nullable().default(null),
  access: Access.default('default'),
  /** What was sent before and deleted there since is sent once more. */
  again: z.boolean().default(false),
})
export type SendRequest = z.infer<typeof SendRequest>

const Left = z.object({ title: z.string(), reason: z.string() })

export const SendPlan = z.object({
  /** What is new there, and what gets a new version there. */
  newCount: z.number(),
  versionCount: z.number(),
  sizeBytes: z.number(),
  /** There already, or on their way: sent from here, or found there by their external id. */
  sentCount: z.number(),
  /** Sent once and deleted there since. */
  deletedCount: z.number(),
  /** What cannot go, the first hundred by name. */
  left: z.array(Left),
  leftCount: z.number(),
  /** More assets than one sending takes. */
  isCut: z.boolean(),
  views: z.array(z.object({ id: ViewId, name: z.string() })),
  viewId: ViewId.nullable(),
  /** Fields whose values stay behind, with why and for how many assets. */
  fieldsLeft: z.array(
    z.object({
      label: z.string(),
      reason: z.enum(['missing', 'type', 'option']),
      assetCount: z.number(),
    }),
  ),
  collectionCount: z.number(),
  storages: z.array(StorageView),
  /** Why nothing can start. */
  blockers: z.array(z.string()),
})
export type SendPlan = z.infer<typeof SendPlan>

/** From the local workspace that is open to an account that is known. */
export const send = {
  'send.plan': call({ input: SendRequest, output: SendPlan, errors: ['api.invalid', 'file.unreadable'] }),
  /** Puts them into the queue of the account, durably; they go as soon as that account is the current one. */
  'send.start': call({
    input: SendRequest,
    output: z.object({ batchId: BatchId.nullable(), queuedCount: z.number() }),
    errors: ['api.invalid', 'store.full', 'storage.unsupported', 'file.unreadable'],
  }),
}
