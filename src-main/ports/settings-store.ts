/** Settings as they were saved: plain JSON, parsed by whoever reads them. */
export interface SettingsStore {
  read(): Record<string, unknown>
  /** Merges into what is there; durable when it returns. */
  write(changes: Record<string, unknown>): void
}
