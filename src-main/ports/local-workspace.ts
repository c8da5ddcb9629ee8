export interface RunningWorkspace {
  url: string
  appId: string
  /** Fresh at each start; kept in memory only. */
  authToken: string
  dataDir: string
}

/** The embedded iconik-compatible service, which the app starts for people without an account. */
export interface LocalWorkspace {
  /** Starts it, or returns the one that runs in this folder. @throws AppError store.full, store.failed, file.unreadable */
  start(dataDir: string): Promise<RunningWorkspace>
  stop(): Promise<void>
  /** Bytes that the workspace holds in its folder; 0 when there is none yet. */
  usedBytes(dataDir: string): Promise<number>
}
