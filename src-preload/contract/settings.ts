import { z } from 'zod'
import { call, event } from './define.ts'
import { Instant, NoInput, StorageId } from './ids.ts'

/** A page must not fill the database by its settings; what has cycles is no JSON. */
function isSmall(value: unknown): boolean {
  try {
    return JSON.stringify(value).length <= 256_000
  } catch {
    return false
  }
}

export const Settings = z.object({
  theme: z.enum(['dark', 'light', 'system']).default('dark'),
  reducedMotion: z.enum(['system', 'always']).default('system'),
  limitBytesPerSecond: z.number().positive().nullable().default(null),
  /** Hours of the week, Monday 00:00 first, in which the limit holds; empty: always. 168 flags. */
  limitSchedule: z.array(z.boolean()).max(168).default([]),
  parallelUploads: z.number().int().min(1).max(32).default(4),
  mediaCacheBytes: z.number().int().min(50_000_000).default(5_000_000_000),
  /** Of the system, for batches that ended while nobody looked. */
  notifications: z.enum(['all', 'problems', 'off']).default('all'),
  /** Closing the window leaves Ferry at work behind its tray icon. */
  closeToTray: z.boolean().default(false),
  /** Ferry starts with the person's session, without its window. */
  startAtLogin: z.boolean().default(false),
  /** Whether the feed of newer versions is read once a day, where a build has one. */
  lookForUpdates: z.boolean().default(true),
  /** Folders of this machine in which FILE storages are written, by the storage's id. */
  storageMounts: z.record(StorageId, z.string().min(1).max(4096)).default({}),
  ffmpegPath: z.string().max(1000).default(''),
  /** View concerns that outlive a session, such as column widths; keyed by the view. */
  interface: z
    .record(z.string().max(200), z.json())
    .refine(isSmall, 'What the interface remembers is limited to 256 kB.')
    .default({}),
})
export type Settings = z.infer<typeof Settings>

export const StorageView = z.object({
  id: StorageId,
  name: z.string(),
  method: z.string(),
  purpose: z.string(),
  status: z.string(),
  isDefault: z.boolean(),
  /** Whether Ferry can send bytes to it from here, else why not. */
  takesBytes: z.boolean(),
  reason: z.string().nullable(),
  /** Whether it is a folder that may be mounted on this machine; Ferry then writes into it itself. */
  canMount: z.boolean().default(false),
  /** Where it is mounted here; null where nobody said so. */
  mountedAt: z.string().nullable().default(null),
})
export type StorageView = z.infer<typeof StorageView>

export const DoctorCheck = z.object({
  name: z.string(),
  state: z.enum(['ok', 'warn', 'failed']),
  finding: z.string(),
  /** What to do about it; '' when nothing. */
  remedy: z.string(),
})
export type DoctorCheck = z.infer<typeof DoctorCheck>

export const settings = {
  'settings.get': call({ input: NoInput, output: Settings }),
  'settings.update': call({ input: Settings.partial(), output: Settings }),
  'settings.storages': call({ input: NoInput, output: z.array(StorageView) }),
  /** Says where a FILE storage is mounted here, after trying to write there; null: nowhere any more. */
  'settings.mount': call({
    input: z.object({ storageId: StorageId, directory: z.string().min(1).max(4096).nullable() }),
    output: z.array(StorageView),
    errors: ['file.unreadable', 'watch.overlap', 'storage.unsupported'],
  }),
  'settings.doctor': call({ input: NoInput, output: z.array(DoctorCheck) }),
  /** Latest log lines, secrets removed, oldest first. */
  'settings.log': call({
    input: z.object({ lines: z.number().int().min(1).max(5000).default(500) }),
    output: z.array(z.object({ time: Instant, level: z.string(), text: z.string() })),
  }),
  'settings.changed': event(Settings),
}
