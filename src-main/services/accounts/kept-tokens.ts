import type { AccountId } from '@contract/ids.ts'
import { AppError } from '../../core/errors.ts'
import type { AccountRecord } from '../../ports/account-store.ts'
import type { SecretStore } from '../../ports/secret-store.ts'

/** Where tokens are: in the keychain, or in this object for as long as the process lives. */
export class KeptTokens {
  readonly #secrets: SecretStore
  readonly #ofSession = new Map<AccountId, string>()

  constructor(secrets: SecretStore) {
    this.#secrets = secrets
  }

  /**
   * Keeps a token where the record says, and nowhere else.
   *
   * @throws AppError auth.keychain-unavailable when it is to be in the keychain and cannot
   */
  async keep({ id, keptIn }: AccountRecord, token: string): Promise<void> {
    if (keptIn === 'keychain') {
      await this.#secrets.set(id, token)
      this.#ofSession.delete(id)
      return
    }
    this.#ofSession.set(id, token)
    // An older one may be in the keychain. Where that is locked away it stays, and is replaced at the next sign-in.
    void this.#secrets.delete(id).catch(() => {})
  }

  /** @throws AppError auth.required when it is gone, auth.keychain-unavailable when it is out of reach */
  async require({ id, name, keptIn }: AccountRecord): Promise<string> {
    const ofSession = this.#ofSession.get(id)
    if (ofSession !== undefined) return ofSession
    if (keptIn === 'session')
      throw new AppError('auth.required', `The token of ${name} was kept for one session only.`)
    const token = await this.#secrets.get(id)
    if (token !== null) return token
    const { backend } = await this.#secrets.state()
    throw new AppError('auth.required', `The token of ${name} is not in ${backend}.`)
  }

  /** @throws AppError auth.keychain-unavailable; then it is where it was */
  async forget({ id, keptIn }: AccountRecord): Promise<void> {
    if (keptIn === 'keychain') await this.#secrets.delete(id)
    this.#ofSession.delete(id)
  }

  /** Forgets what this process knows of it. A token in a keychain that is out of reach stays there. */
  leave({ id }: AccountRecord): void {
    this.#ofSession.delete(id)
  }
}
