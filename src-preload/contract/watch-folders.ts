import { z } from 'zod'
import { call, event } from './define.ts'
import { ErrorView } from './errors.ts'
import { Instant, NoInput, Nothing, WatchFolderId } from './ids.ts'
import { PlanTargets } from './uploads.ts'

export const WatchRules = PlanTargets.extend({
  /** Size and mtime must be quiet this long before a file is taken. */
  settleSeconds: z.number().min(0.1).max(86_400),
  /** The same for clips of several files. */
  groupSettleSeconds: z.number().min(0.1).max(86_400),
  /** Glob patterns besides the built-in ones. */
  ignore: z.array(z.string().min(1).max(500)).max(200),
  watcher: z.enum(['events', 'polling']),
  pollSeconds: z.number().min(1).max(3600),
  after: z.discriminatedUnion('do', [
    z.object({ do: z.literal('leave') }),
    z.object({ do: z.literal('move'), directory: z.string().min(1) }),
    z.object({ do: z.literal('delete') }),
  ]),
})
export type WatchRules = z.infer<typeof WatchRules>

export const WatchFolderView = z.object({
  id: WatchFolderId,
  path: z.string(),
  name: z.string(),
  rules: WatchRules,
  state: z.enum(['starting', 'watching', 'catching-up', 'settling', 'away', 'limited', 'paused', 'failed']),
  /** "complete as of …", "catching up n", or unknown with the reason. */
  coverage: z.object({
    kind: z.enum(['complete', 'catching-up', 'unknown']),
    asOf: Instant.nullable(),
    remaining: z.number().nullable(),
    reason: z.string().nullable(),
  }),
  counts: z.object({
    files: z.number(),
    settling: z.number(),
    queued: z.number(),
    uploading: z.number(),
    done: z.number(),
    needsYou: z.number(),
  }),
  settlingFiles: z.array(
    z.object({
      path: z.string(),
      sizeBytes: z.number(),
      quietSeconds: z.number(),
      neededSeconds: z.number(),
    }),
  ),
  problem: ErrorView.nullable(),
})
export type WatchFolderView = z.infer<typeof WatchFolderView>

export const RulePreviewRow = z.object({
  path: z.string(),
  title: z.string(),
  collection: z.string(),
  metadata: z.record(z.string(), z.array(z.string())),
  outcome: z.enum(['upload', 'ignored', 'duplicate', 'waits', 'already-uploaded']),
  reason: z.string(),
})
export type RulePreviewRow = z.infer<typeof RulePreviewRow>

/** A camera card below a watched folder, as it lies on the disk now. */
export const CardView = z.object({
  /** Absolute folder. */
  path: z.string(),
  name: z.string(),
  /** Structures that are on it, such as "P2". */
  kinds: z.array(z.string()),
  files: z.number(),
  verifiedFiles: z.number(),
  sizeBytes: z.number(),
  /** Every file on it that is not ignored was verified. */
  isSafeToErase: z.boolean(),
  /** Clips of it lack a part and wait for it, or for a person who takes them as they are. */
  isHeldBack: z.boolean(),
  /** What its index names and the disk lacks, in whole sentences; at most 20. */
  missing: z.array(z.string()),
  /** At most 20 files that are not verified, each with the reason. */
  open: z.array(z.object({ path: z.string(), reason: z.string() })),
})
export type CardView = z.infer<typeof CardView>

/** A file that a person has to see to. */
export const AttentionRow = z.object({
  path: z.string(),
  /**
   * waits: it lacks something, or a person has to decide. unreadable: the system does not let it be read. restless: it never stops changing. stays: it
   * is uploaded, but could not be moved or deleted. link: a symbolic link, which is not followed.
   */
  kind: z.enum(['waits', 'unreadable', 'restless', 'stays', 'link']),
  reason: z.string(),
})
export type AttentionRow = z.infer<typeof AttentionRow>

export const watchFolders = {
  'watchFolders.list': call({ input: NoInput, output: z.array(WatchFolderView) }),
  'watchFolders.add': call({
    input: z.object({
      path: z.string().min(1),
      rules: WatchRules.partial().default({}),
      /** Nothing is taken until it goes on: its rules can be set before. */
      paused: z.boolean().default(false),
    }),
    output: WatchFolderView,
    errors: ['watch.overlap', 'file.missing', 'file.unreadable'],
  }),
  'watchFolders.update': call({
    input: z.object({ id: WatchFolderId, rules: WatchRules.partial() }),
    output: WatchFolderView,
    errors: ['api.invalid', 'watch.overlap'],
  }),
  /** Stops watching. Nothing that was uploaded is touched. */
  'watchFolders.remove': call({ input: z.object({ id: WatchFolderId }), output: Nothing }),
  'watchFolders.pause': call({
    input: z.object({ id: WatchFolderId, paused: z.boolean() }),
    output: Nothing,
  }),
  'watchFolders.rescan': call({ input: z.object({ id: WatchFolderId }), output: Nothing }),
  /** Camera cards below the folder. */
  'watchFolders.cards': call({
    input: z.object({ id: WatchFolderId }),
    output: z.array(CardView),
    errors: ['file.missing', 'file.unreadable'],
  }),
  /** Takes incomplete clips of a card as they are. */
  'watchFolders.releaseCard': call({
    input: z.object({ id: WatchFolderId, path: z.string().min(1) }),
    output: z.object({ files: z.number() }),
    errors: ['file.missing'],
  }),
  /** Files that a person has to see to, the most pressing first; at most 200. */
  'watchFolders.attention': call({ input: z.object({ id: WatchFolderId }), output: z.array(AttentionRow) }),
  /** Looks again at files that wait; at all of them when none are named. */
  'watchFolders.retry': call({
    input: z.object({ id: WatchFolderId, paths: z.array(z.string().min(1)).max(200) }),
    output: Nothing,
  }),
  /** What rules would do to files that are there now; at most 200 rows. */
  'watchFolders.preview': call({
    input: z.object({ path: z.string().min(1), rules: WatchRules.partial() }),
    output: z.object({ scanned: z.number(), rows: z.array(RulePreviewRow) }),
    errors: ['file.missing', 'file.unreadable'],
  }),
  'watchFolders.changed': event(z.array(WatchFolderView)),
}
