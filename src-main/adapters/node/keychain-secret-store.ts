import type * as keytar from 'keytar'
import { AppError } from '../../core/errors.ts'
import { joinSecret, partCount, splitSecret } from '../../core/split-secret.ts'
import type { SecretStore, SecretStoreState } from '../../ports/secret-store.ts'
import { keychainBackend, keychainReason } from './keychain-backend.ts'

type Keytar = typeof keytar

const SERVICE = 'Ferry'
const PROBE = 'probe'
/** More than the longest secret that Ferry takes needs. */
const MOST_PARTS = 100
/** A person may have to type the password of the keychain. */
const ANSWER_TIMEOUT_MS = 60_000

/** The system's keychain through keytar. Long secrets are spread over numbered entries. */
export class KeychainSecretStore implements SecretStore {
  readonly #service: string
  readonly #load: () => Promise<Keytar>
  readonly #timeoutMs: number
  /** Writes wait for each other: parts of two secrets of one account must not mix. */
  #writes: Promise<unknown> = Promise.resolve()

  constructor(options: { service?: string; load?: () => Promise<Keytar>; timeoutMs?: number } = {}) {
    this.#service = options.service ?? SERVICE
    // Loaded at first use: without its system library the addon throws, and that must be an answer, not a crash.
    this.#load = options.load ?? loadKeytar
    this.#timeoutMs = options.timeoutMs ?? ANSWER_TIMEOUT_MS
  }

  async state(): Promise<SecretStoreState> {
    const backend = keychainBackend()
    try {
      await this.#inOrder(() => this.#proveUsable())
      return { available: true, backend, reason: null }
    } catch (error) {
      const reason = error instanceof AppError ? error.details['reason'] : undefined
      return {
        available: false,
        backend,
        reason: typeof reason === 'string' ? reason : keychainReason(error),
      }
    }
  }

  async get(account: string): Promise<string | null> {
    const first = await this.#read(account, 0)
    if (first === null) {
      await this.#proveUsable()
      return null
    }
    const count = partCount(first)
    if (count === null) return null
    const rest = await Promise.all(
      Array.from({ length: count - 1 }, (_, index) => this.#read(account, index + 1)),
    )
    return joinSecret([first, ...rest])
  }

  set(account: string, secret: string): Promise<void> {
    return this.#inOrder(async () => {
      const parts = splitSecret(secret)
      // The first part comes last: it makes the others count.
      for (const [index, part] of [...parts.entries()].reverse())
        await this.#call((keytar) => keytar.setPassword(this.#service, entryName(account, index), part))
      await this.#remove(account, parts.length)
      if ((await this.get(account)) !== secret)
        throw unavailable('What was read back is not what was written')
    })
  }

  delete(account: string): Promise<void> {
    return this.#inOrder(async () => {
      if ((await this.#remove(account, 0)) === 0) await this.#proveUsable()
    })
  }

  /**
   * Writes something, reads it back and removes it. A locked Secret Service answers a read or a removal with "not there", and
   * only refuses to write: without this a token that is merely locked away would look lost, or removed.
   */
  async #proveUsable(): Promise<void> {
    const account = `${PROBE} ${process.pid} ${process.hrtime.bigint()}`
    await this.#call((keytar) => keytar.setPassword(this.#service, account, account))
    const read = await this.#call((keytar) => keytar.getPassword(this.#service, account))
    await this.#call((keytar) => keytar.deletePassword(this.#service, account))
    if (read !== account) throw unavailable('What was read back is not what was written')
  }

  /**
   * Removes the parts from the given one on, as far as there are any; also those that a write left behind which was cut off
   * before it came to the first part.
   * @returns how many there were
   */
  async #remove(account: string, from: number): Promise<number> {
    let removed = 0
    for (let index = from; index < MOST_PARTS; index++) {
      const entry = entryName(account, index)
      if (await this.#call((keytar) => keytar.deletePassword(this.#service, entry))) removed += 1
      // Without a first part the second may still be there.
      else if (index > 0) break
    }
    return removed
  }

  #read(account: string, index: number): Promise<string | null> {
    return this.#call((keytar) => keytar.getPassword(this.#service, entryName(account, index)))
  }

  async #call<T>(work: (keytar: Keytar) => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_resolve, reject) => {
      const message = `The keychain did not answer within ${this.#timeoutMs / 1000} seconds`
      timer = setTimeout(() => reject(new Error(message)), this.#timeoutMs)
    })
    try {
      const keytar = await this.#load()
      return await Promise.race([work(keytar), timeout])
    } catch (error) {
      throw unavailable(keychainReason(error), error)
    } finally {
      clearTimeout(timer)
    }
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#writes.then(work)
    this.#writes = result.catch(() => {})
    return result
  }
}

const entryName = (account: string, index: number) => (index === 0 ? account : `${account} (${index + 1})`)

function unavailable(reason: string, cause?: unknown): AppError {
  return new AppError('auth.keychain-unavailable', `${reason}.`, { cause, details: { reason } })
}

async function loadKeytar(): Promise<Keytar> {
  const module = (await import('keytar')) as Keytar & { default?: Keytar }
  return module.default ?? module
}
