export type StorageMethod = 'S3' | 'GCS' | 'AZURE' | 'B2' | 'FILE'
export type StorageChoice = 's3' | 'gcs' | 'azure' | 'b2' | 'file'

export interface LoginOption {
  email: string
  password: string
  /** Default true. Others get their rights by groups. */
  isAdmin?: boolean
  /** Names of the domains to choose from; one if absent. */
  domains?: string[]
  /** Whether a one-time code is asked for. */
  otp?: boolean
}

/** Everything here survives structured clone, so that the service may run in a worker or another process. */
export interface WorkspaceOptions {
  /** Holds the database and the bytes; made if it is missing. */
  dataDir: string
  /** 0 (the default) takes a free port. Always on 127.0.0.1. */
  port?: number
  /** Default: the one that the data folder remembers, made at the first start. */
  appId?: string
  /** Default: a new one at each start; those of earlier starts stay valid. Kept only as a hash. */
  authToken?: string
  /** How long a change takes until search sees it. Default 0. */
  indexDelayMs?: number
  /** Calls per second and credentials, over a window of 20 s; default 'off'. */
  rateLimit?: number | 'off'
  /** Where uploads go by default. Storages of the other methods are there as well. Default 's3'. */
  storage?: StorageChoice
  /** Whether previews are made (default true). Off, their jobs end as SKIPPED. */
  previews?: boolean
  /** For benchmarks: the address of a server that takes the bytes, or 'discard'. */
  byteSink?: string
  /** How much of the disk uploads leave alone, in bytes. Default 256 MiB. */
  keptFreeBytes?: number
  /** A rules file or the rules; turns `PUT /_faults` and `GET /_inspect` on. */
  faults?: string | { seed?: number; rules: unknown[] }
  /** Default: on PATH. */
  ffmpegPath?: string
  ffprobePath?: string
  /** People who may log in with e-mail and password; for tests of the log-in calls. Made once, by their address. */
  logins?: LoginOption[]
  /** Overrides of the table in assumptions.ts. */
  assumptions?: Record<string, string | number | boolean>
}

export interface Workspace {
  /** `http://127.0.0.1:PORT`, without `/API`. */
  url: string
  appId: string
  authToken: string
  /** The storage that uploads go to by default. */
  storageId: string
  dataDir: string
  /** Ends running jobs, closes connections and the database. What was answered is on disk. */
  close(): Promise<void>
}
