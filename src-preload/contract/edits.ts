import { z } from 'zod'
import { call, event } from './define.ts'
import { AccountId, AssetId, Instant, NoInput, Nothing } from './ids.ts'

/** An edit on its way to the server, or one that arrived and can still be undone. */
export const EditView = z.object({
  id: z.number().int(),
  kind: z.enum(['metadata', 'rename', 'trash', 'restore', 'purge', 'add', 'remove']),
  /** conflict: a field changed on the server meanwhile; the asset's form shows it. */
  state: z.enum(['waiting', 'conflict', 'failed', 'done']),
  assetCount: z.number().int(),
  /** Of an edit of one asset. */
  assetId: AssetId.nullable(),
  assetTitle: z.string(),
  sentCount: z.number().int(),
  /** Labels of the fields that are changed. */
  fields: z.array(z.string()),
  /** Title of the collection that is added to or removed from; '' for other kinds. */
  collection: z.string(),
  /** Why it failed, plain text. */
  reason: z.string(),
  canUndo: z.boolean(),
  dateCreated: Instant,
})
export type EditView = z.infer<typeof EditView>
/** Each account counts its edits from 1, so the account is named too. One that is not in use is refused. */
const OneEdit = z.object({ id: z.number().int(), accountId: AccountId })

export const edits = {
  /** Newest first. */
  'edits.list': call({ input: NoInput, output: z.array(EditView) }),
  /** Puts back what was there before the edit. */
  'edits.undo': call({ input: OneEdit, output: Nothing }),
  'edits.retry': call({ input: OneEdit, output: Nothing }),
  /** What was sent stays, the rest is not sent. */
  'edits.stop': call({ input: OneEdit, output: Nothing }),
  'edits.changed': event(NoInput),
}
