import { z } from 'zod'
import { call, event } from './define.ts'
import { ErrorView } from './errors.ts'
import { Instant, NoInput, Nothing } from './ids.ts'

/** What is known of newer versions of Ferry. */
export const UpdatesView = z.object({
  /** `off`: this build looks nowhere. `ready`: the package is on this machine, checked. */
  state: z.enum(['off', 'idle', 'checking', 'current', 'available', 'downloading', 'ready']),
  /** Of the newer version; null while none is known. */
  version: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  doneBytes: z.number(),
  /** When the feed was last read to the end; null: not since the start. */
  checkedAt: Instant.nullable(),
  /** Why the last step failed; a package that could not be checked is one such reason. */
  problem: ErrorView.nullable(),
})
export type UpdatesView = z.infer<typeof UpdatesView>

export const updates = {
  'updates.state': call({ input: NoInput, output: UpdatesView }),
  /** Reads the feed. What goes wrong is in the answer's `problem`. */
  'updates.check': call({ input: NoInput, output: UpdatesView }),
  /** Brings the newer version's package here and checks it. */
  'updates.download': call({ input: NoInput, output: UpdatesView }),
  /** Shows the checked package in the system's file manager, to be opened by the person. */
  'updates.reveal': call({ input: NoInput, output: Nothing, errors: ['file.missing', 'update.refused'] }),
  'updates.changed': event(UpdatesView),
}
