import type { AccountsState, AccountView, Credentials, KeychainView } from '@contract/accounts.ts'
import type { AccountId } from '@contract/ids.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { missingRoles } from '../../core/needed-roles.ts'
import type { AccountSession, OpenSession } from '../../ports/account-session.ts'
import type { AccountRecord, AccountStore } from '../../ports/account-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ConnectIconik } from '../../ports/connect-iconik.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import type { LocalWorkspace, RunningWorkspace } from '../../ports/local-workspace.ts'
import type { Logger } from '../../ports/logger.ts'
import type { LoginToken, PasswordLogin } from '../../ports/password-login.ts'
import type { SecretStore } from '../../ports/secret-store.ts'
import { KeptTokens } from './kept-tokens.ts'
import { Logins } from './logins.ts'
import { openAccount, targetOf } from './open-account.ts'
import { type OpeningTurn, OpeningTurns } from './opening-turns.ts'
import { renewToken, type TokenHolder } from './renew-token.ts'
import { type Standing, standingAfter, unknownYet } from './standing.ts'
import { Surroundings } from './surroundings.ts'
import { TokenRenewal } from './token-renewal.ts'
import { watchRejections } from './watch-rejections.ts'

export interface AccountsDependencies {
  store: AccountStore
  secrets: SecretStore
  connect: ConnectIconik
  passwordLogin: PasswordLogin
  workspace: LocalWorkspace
  fileSystem: Pick<FileSystem, 'freeBytes'>
  logger: Logger
  /** With a clock, an account whose server cannot be reached is tried again. */
  clock?: Clock
  /** Where a local workspace lives when the person chose no folder. */
  defaultDataDir: string
}

const RETRY_MS = 15_000
/** Signing out does not wait longer for a server to hear of it. */
const REVOKE_TIMEOUT_MS = 5000

type KeepIn = 'keychain' | 'session'

/** Who is signed in, and how that came to be. Tokens pass through here and are kept by the secret store only. */
export class Accounts {
  readonly session: AccountSession
  readonly logins: Logins
  readonly #deps: AccountsDependencies
  readonly #listeners = new Set<(session: OpenSession | null) => void>()
  readonly #stateListeners = new Set<(state: AccountsState) => void>()
  readonly #tokens: KeptTokens
  readonly #standings = new Map<AccountId, Standing>()
  readonly #forgetListeners = new Set<(id: AccountId) => Promise<void>>()
  #current: OpenSession | null = null
  readonly #renewal: TokenRenewal | null
  readonly #surroundings: Surroundings
  readonly #turns = new OpeningTurns()
  #retry: { cancel(): void } | null = null

  constructor(deps: AccountsDependencies) {
    this.#deps = deps
    this.#tokens = new KeptTokens(deps.secrets)
    this.logins = new Logins(deps.passwordLogin, deps.clock)
    this.#surroundings = new Surroundings({ ...deps, onNews: () => this.#announce() })
    this.#renewal = deps.clock ? new TokenRenewal(deps.clock, deps.logger) : null
    this.session = {
      current: () => this.#current,
      accountId: () => deps.store.list().find(({ isCurrent }) => isCurrent)?.id ?? null,
      require: () => this.#require(),
      onChange: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      rejected: (session) => {
        if (session !== this.#current) return
        this.#deps.logger.warn('the server refused the token', { accountId: session.accountId })
        const name = deps.store.list().find(({ id }) => id === session.accountId)?.name ?? session.url
        const refused = new AppError('auth.rejected', `${name} does not accept its token any more.`)
        this.#standings.set(session.accountId, standingAfter(refused))
        this.#become(null)
      },
    }
  }

  /** Called with the whole state after each change. @returns stops it */
  onState(listener: (state: AccountsState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  /** Called when an account was signed out, to remove what was kept of it. @returns stops it */
  onForgotten(listener: (id: AccountId) => Promise<void>): () => void {
    this.#forgetListeners.add(listener)
    return () => this.#forgetListeners.delete(listener)
  }

  /** What is known now; what takes time to find out follows as a change. */
  state(): AccountsState {
    const records = this.#deps.store.list()
    this.#surroundings.look(records.filter(({ kind }) => kind === 'local').map(({ dataDir }) => dataDir))
    return this.#known(records)
  }

  /** Asks the keychain now; it may first ask a person for its password. */
  keychain(): Promise<KeychainView> {
    return this.#deps.secrets.state()
  }

  #known(records = this.#deps.store.list()): AccountsState {
    const known = records.map((record) => this.#view(record))
    const current = records.findIndex((record) => record.isCurrent)
    return { current: known[current] ?? null, known, keychain: this.#surroundings.keychain }
  }

  /** Opens the account that was current when Ferry was last left. A failure is shown as a state, never thrown. */
  async restore(): Promise<void> {
    const record = this.#deps.store.list().find((record) => record.isCurrent)
    if (!record) return
    this.#standings.set(record.id, { state: 'starting', problem: null })
    this.#announce()
    try {
      await this.switchTo(record.id)
    } catch (error) {
      this.#deps.logger.warn('the last account could not be opened', {
        error: findAppError(error)?.code ?? error,
      })
    }
  }

  /** @throws AppError store.*, file.unreadable; cancelled when another account was opened meanwhile */
  async openLocal(dataDir?: string): Promise<AccountView> {
    return this.#turns.take(null, (turn) => this.#openLocal(turn, dataDir ?? this.#deps.defaultDataDir))
  }

  async #openLocal(turn: OpeningTurn, dataDir: string): Promise<AccountView> {
    const running = await this.#deps.workspace.start(dataDir)
    const opened = await openAccount(this.#deps.connect, { kind: 'local', ...running })
    turn.check()
    return this.#enter(opened, localRecord(opened, running))
  }

  /** Tries credentials without saving anything. */
  async test(
    credentials: Credentials,
    signal?: AbortSignal,
  ): Promise<{ userName: string; domainName: string; missingRoles: string[] }> {
    const opened = await openAccount(this.#deps.connect, targetOf(credentials), signal)
    return {
      userName: opened.userName,
      domainName: opened.domainName,
      missingRoles: missingRoles([...opened.roles]),
    }
  }

  /**
   * Tests, saves, then signs in.
   *
   * @throws AppError auth.keychain-unavailable when the token cannot be saved; then nobody is signed in
   */
  async connect(credentials: Credentials & { keepIn: KeepIn }): Promise<AccountView> {
    return this.#connect(targetOf(credentials), credentials.keepIn, { signedInBy: 'token', expiresMs: null })
  }

  /**
   * Ends a log-in with e-mail and password.
   *
   * @param choice null when the password alone was enough
   * @throws AppError auth.rejected for a wrong code, auth.required when it took too long, auth.keychain-unavailable
   */
  async finishLogin(
    id: string,
    choice: { domainId: string; code: string | null } | null,
    keepIn: KeepIn,
  ): Promise<AccountView> {
    const { url, token } = await this.logins.finish(id, choice)
    const target = targetOf({ url, appId: token.appId, authToken: token.authToken })
    const account = await this.#connect(target, keepIn, {
      signedInBy: 'password',
      expiresMs: token.expiresMs,
    })
    this.logins.end(id)
    return account
  }

  async #connect(
    target: ReturnType<typeof targetOf>,
    keepIn: KeepIn,
    how: Pick<AccountRecord, 'signedInBy' | 'expiresMs'>,
  ): Promise<AccountView> {
    return this.#turns.take(null, (turn) => this.#connectIn(turn, target, keepIn, how))
  }

  async #connectIn(
    turn: OpeningTurn,
    target: ReturnType<typeof targetOf>,
    keepIn: KeepIn,
    how: Pick<AccountRecord, 'signedInBy' | 'expiresMs'>,
  ): Promise<AccountView> {
    const token = { value: target.authToken }
    const opened = await openAccount(this.#deps.connect, target, undefined, token)
    turn.check()
    const record: AccountRecord = {
      id: opened.accountId,
      kind: 'iconik',
      name: opened.domainName,
      userName: opened.userName,
      url: target.url,
      appId: target.appId,
      dataDir: '',
      keptIn: keepIn,
      isCurrent: true,
      ...how,
    }
    await this.#tokens.keep(record, token.value)
    // Its token is kept by now: it is known, and can be switched to.
    if (turn.isOver) this.#deps.store.put({ ...record, isCurrent: false })
    turn.check()
    return this.#enter(opened, record, token)
  }

  /**
   * Opens an account that is known.
   *
   * @throws AppError auth.required when its token is gone, network.offline …; cancelled when another was opened meanwhile
   */
  async switchTo(id: AccountId): Promise<AccountView> {
    const record = this.#deps.store.list().find((record) => record.id === id)
    if (!record) throw new AppError('api.not-found', 'This account is not known any more.')
    return this.#turns.take(id, (turn) =>
      record.kind === 'local' ? this.#openLocal(turn, record.dataDir) : this.#switchTo(turn, record),
    )
  }

  async #switchTo(turn: OpeningTurn, record: AccountRecord): Promise<AccountView> {
    const { id } = record
    try {
      const { opened, token } = await this.#open(record)
      turn.check()
      return this.#enter(opened, { ...record, isCurrent: true }, token)
    } catch (error) {
      turn.check()
      const standing = standingAfter(error)
      this.#standings.set(id, standing)
      this.#deps.store.put({ ...record, isCurrent: true })
      this.#renewal?.stop()
      this.#become(null)
      if (standing.state === 'unreachable') this.#retryLater(id)
      throw error
    }
  }

  /**
   * Opens an account that is known beside the current one, which stays current.
   *
   * @throws AppError api.not-found when it is not known, auth.* when its token is gone or refused, network.*, store.*
   */
  async openBeside(id: AccountId, signal?: AbortSignal): Promise<OpenSession> {
    if (this.#current?.accountId === id) return this.#current
    const record = this.#deps.store.list().find((record) => record.id === id)
    if (!record) throw new AppError('api.not-found', 'This account is not known any more.')
    return (await this.#open(record, signal)).opened
  }

  /** Makes the workspace of a folder known without entering it, so that what was taken from it is found again. */
  async knowLocal(dataDir: string): Promise<OpenSession> {
    const running = await this.#deps.workspace.start(dataDir)
    const opened = await openAccount(this.#deps.connect, { kind: 'local', ...running })
    if (!this.#deps.store.list().some(({ id }) => id === opened.accountId))
      this.#deps.store.put({ ...localRecord(opened, running), isCurrent: false })
    return opened
  }

  async #open(record: AccountRecord, signal?: AbortSignal) {
    if (record.kind === 'local') {
      const running = await this.#deps.workspace.start(record.dataDir)
      const opened = await openAccount(this.#deps.connect, { kind: 'local', ...running }, signal)
      return { opened, token: { value: running.authToken } }
    }
    const authToken = await this.#tokens.require(record)
    const token = { value: authToken }
    const target = { kind: 'iconik' as const, url: record.url, appId: record.appId, authToken }
    return { opened: await openAccount(this.#deps.connect, target, signal, token), token }
  }

  /**
   * Forgets the account and its token, and has what was kept of it removed; its uploads stay in the journal. A token that
   * came from a password is worth nothing afterwards; one that an administrator made is left valid, as nobody can see it
   * again.
   *
   * @param options.leaveToken goes on where the keychain cannot be used; the token stays in it
   * @throws AppError auth.keychain-unavailable; then everything is as it was
   */
  async signOut(id: AccountId, { leaveToken = false } = {}): Promise<void> {
    const record = this.#deps.store.list().find((record) => record.id === id)
    if (!record) return
    this.#turns.giveUp(id)
    const token =
      record.signedInBy === 'password' ? await this.#tokens.require(record).catch(() => null) : null
    if (leaveToken) this.#tokens.leave(record)
    else await this.#tokens.forget(record)
    this.#standings.delete(id)
    // Another may have become the current one while the keychain was asked.
    const isCurrent = this.session.accountId() === id
    this.#deps.store.delete(id)
    if (isCurrent) {
      this.#renewal?.stop()
      this.#retry?.cancel()
      this.#become(null)
    } else this.#announce()
    // One workspace runs at a time, and it may be another that is in use.
    if (record.kind === 'local' && this.#current?.kind !== 'local') await this.#deps.workspace.stop()
    await Promise.all([
      ...[...this.#forgetListeners].map((listener) => listener(id)),
      token === null ? null : this.#revoke(record, token),
    ])
  }

  async #revoke({ url, appId }: AccountRecord, authToken: string): Promise<void> {
    try {
      await this.#deps.passwordLogin.revoke({ url, appId, authToken }, AbortSignal.timeout(REVOKE_TIMEOUT_MS))
    } catch (error) {
      // It expires by itself.
      this.#deps.logger.warn('the token could not be revoked', {
        code: findAppError(error)?.code ?? String(error),
      })
    }
  }

  /** A server that was away when Ferry started comes back without the person having to do anything. */
  #retryLater(id: AccountId): void {
    this.#retry?.cancel()
    this.#retry =
      this.#deps.clock?.after(RETRY_MS, () => {
        const isWanted = this.#current === null && this.session.accountId() === id
        if (!isWanted) return
        // A person who is opening an account comes first.
        if (this.#turns.isOpening) this.#retryLater(id)
        // A failure shows in the state, and sets the next try.
        else this.switchTo(id).catch(() => {})
      }) ?? null
  }

  /** Ends what would still come by itself: the next try, the renewal of a token, and news of the surroundings. */
  stop(): void {
    this.#retry?.cancel()
    this.#renewal?.stop()
    this.#surroundings.stop()
  }

  #enter(opened: OpenSession, record: AccountRecord, token?: TokenHolder): AccountView {
    this.#deps.store.put(record)
    this.#renewal?.stop()
    if (token && record.signedInBy === 'password')
      this.#renewal?.follow(record.expiresMs, () => this.#renew(record, token))
    this.#standings.set(record.id, { state: 'signed-in', problem: null })
    this.#retry?.cancel()
    const session: OpenSession = {
      ...opened,
      api: watchRejections(opened.api, () => this.session.rejected(session)),
    }
    this.#become(session)
    return this.#view(record)
  }

  #renew(record: AccountRecord, token: TokenHolder): Promise<LoginToken> {
    const { store, passwordLogin } = this.#deps
    return renewToken({ store, tokens: this.#tokens, passwordLogin }, record, token)
  }

  #become(session: OpenSession | null): void {
    this.#current = session
    for (const listener of this.#listeners) listener(session)
    this.#announce()
  }

  #announce(): void {
    if (this.#stateListeners.size === 0) return
    const state = this.#known()
    for (const listener of this.#stateListeners) listener(state)
  }

  #require(): OpenSession {
    if (!this.#current) throw new AppError('auth.required', 'Nobody is signed in.')
    return this.#current
  }

  #view(record: AccountRecord): AccountView {
    const session = this.#current?.accountId === record.id ? this.#current : null
    const { state, problem } = this.#standings.get(record.id) ?? unknownYet(record)
    return {
      id: record.id,
      kind: record.kind,
      name: record.name,
      url: session?.url ?? record.url,
      userName: record.userName,
      keptIn: record.keptIn,
      appId: record.appId,
      signedInBy: record.signedInBy,
      state: session ? 'signed-in' : state,
      problem: session ? null : problem,
      roles: [...(session?.roles ?? [])],
      local:
        record.kind === 'local'
          ? { dataDir: record.dataDir, ...this.#surroundings.spaceOf(record.dataDir) }
          : null,
    }
  }
}

function localRecord(opened: OpenSession, running: RunningWorkspace): AccountRecord {
  return {
    id: opened.accountId,
    kind: 'local',
    name: 'Local workspace',
    userName: opened.userName,
    url: '',
    appId: running.appId,
    dataDir: running.dataDir,
    keptIn: 'session',
    isCurrent: true,
    signedInBy: 'token',
    expiresMs: null,
  }
}
