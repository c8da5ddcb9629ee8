import type { SecretStore, SecretStoreState } from '../../ports/secret-store.ts'

/** Secrets for this session: gone with the process. */
export class MemorySecretStore implements SecretStore {
  readonly #secrets = new Map<string, string>()

  async state(): Promise<SecretStoreState> {
    return { available: true, backend: 'memory of this session', reason: null }
  }

  async get(account: string): Promise<string | null> {
    return this.#secrets.get(account) ?? null
  }

  async set(account: string, secret: string): Promise<void> {
    this.#secrets.set(account, secret)
  }

  async delete(account: string): Promise<void> {
    this.#secrets.delete(account)
  }
}
