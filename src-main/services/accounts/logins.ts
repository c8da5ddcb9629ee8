import { randomUUID } from 'node:crypto'
import { AppError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { LoginAttempt, LoginDomain, LoginToken, PasswordLogin } from '../../ports/password-login.ts'

/** A log-in that is under way, as a page sees it. */
export interface OpenLogin {
  id: string
  /** What to choose from; empty when the password alone was enough. */
  domains: LoginDomain[]
}

/** A log-in that reached its end. */
export interface FinishedLogin {
  url: string
  token: LoginToken
}

interface Kept {
  url: string
  /** A token where the password was enough, else what is left to do. */
  step: { token: LoginToken } | { attempt: LoginAttempt }
}

/** Servers forget a password that was taken after some minutes, and so do we. */
const LIFETIME_MS = 10 * 60_000
const MOST_OPEN = 20

/**
 * Log-ins with e-mail and password between their steps. Passwords pass through and are not kept; what proves them stays
 * here, in memory, and never reaches a page.
 */
export class Logins {
  readonly #login: PasswordLogin
  readonly #clock: Clock | undefined
  readonly #open = new Map<string, Kept>()

  constructor(login: PasswordLogin, clock?: Clock) {
    this.#login = login
    this.#clock = clock
  }

  /** @throws AppError auth.rejected when the password is wrong, network.*, api.* */
  async begin(
    who: { url: string; email: string; password: string },
    signal?: AbortSignal,
  ): Promise<OpenLogin> {
    const step = await this.#login.begin(who, signal)
    const id = randomUUID()
    this.#open.set(id, { url: who.url, step })
    for (const oldest of this.#open.keys()) if (this.#open.size > MOST_OPEN) this.#open.delete(oldest)
    this.#clock?.after(LIFETIME_MS, () => this.#open.delete(id))
    return { id, domains: 'attempt' in step ? step.attempt.domains : [] }
  }

  /** Has the one-time code for a domain sent by mail. @throws AppError auth.rejected, network.*, api.* */
  async sendCode(id: string, domainId: string, signal?: AbortSignal): Promise<void> {
    const { step } = this.#kept(id)
    if ('attempt' in step) await step.attempt.sendCode(domainId, signal)
  }

  /**
   * @param choice null when the password alone was enough
   * @throws AppError auth.rejected for a wrong code (the log-in stays open), api.invalid when a choice is missing
   */
  async finish(
    id: string,
    choice: { domainId: string; code: string | null } | null,
    signal?: AbortSignal,
  ): Promise<FinishedLogin> {
    const { url, step } = this.#kept(id)
    if ('attempt' in step && choice === null)
      throw new AppError('api.invalid', 'Choose the domain to sign in to.')
    const token =
      'token' in step
        ? step.token
        : await step.attempt.choose(choice?.domainId ?? '', choice?.code ?? null, signal)
    return { url, token }
  }

  /** Forgets it, finished or given up. */
  end(id: string): void {
    this.#open.delete(id)
  }

  #kept(id: string): Kept {
    const kept = this.#open.get(id)
    if (!kept) throw new AppError('auth.required', 'The log-in took too long. Type the password again.')
    return kept
  }
}
