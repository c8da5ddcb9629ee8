import { Settings } from '@contract/settings.ts'
import type { Logger } from '../../ports/logger.ts'
import type { SettingsStore } from '../../ports/settings-store.ts'

/** The person's settings. A saved value that is not valid any more counts as not set. */
export class SettingsService {
  readonly #store: SettingsStore
  readonly #listeners = new Set<(settings: Settings) => void>()
  #current: Settings

  constructor(store: SettingsStore, logger: Logger) {
    this.#store = store
    this.#current = parseLeniently(store.read(), logger)
  }

  get(): Settings {
    return this.#current
  }

  update(changes: Partial<Settings>): Settings {
    this.#current = Settings.parse({ ...this.#current, ...changes })
    this.#store.write(changes)
    for (const listener of this.#listeners) listener(this.#current)
    return this.#current
  }

  /** @returns stops it */
  onChange(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

function parseLeniently(saved: Record<string, unknown>, logger: Logger): Settings {
  const valid = Object.entries(saved).filter(([key, value]) => {
    // Of an older or a newer Ferry.
    if (!Object.hasOwn(Settings.shape, key)) return false
    const isValid = value !== undefined && Settings.shape[key as keyof Settings].safeParse(value).success
    if (!isValid) logger.warn('a saved setting is not valid and was left out', { key })
    return isValid
  })
  return Settings.parse(Object.fromEntries(valid))
}
