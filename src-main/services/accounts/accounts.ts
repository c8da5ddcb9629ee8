import type { AccountsState, AccountView, Credentials, KeychainView } from '@contract/accounts.ts'
import type { AccountId } from '@contract/ids.ts'
import { parseAccountAddress } from '../../core/account-address.ts'
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
import { Logins } from './logins.ts'
import { openAccount } from './open-account.ts'
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

type State = AccountView['state']

const RETRY_MS = 15_000

/** A token that may be replaced by a renewed one while a session uses it. */
interface TokenHolder {
  value: string
}

type KeepIn = 'keychain' | 'session'

/** Who is signed in, and how that came to be. Tokens pass through here and are kept by the secret store only. */
export class Accounts {
  readonly session: AccountSession
  readonly logins: Logins
  readonly #deps: AccountsDependencies
  readonly #listeners = new Set<(session: OpenSession | null) => void>()
  readonly #stateListeners = new Set<(state: AccountsState) => void>()
  /** Tokens of accounts that are kept for this session only. */
  readonly #sessionTokens = new Map<AccountId, string>()
  /** What is known of accounts besides their record. */
  readonly #states = new Map<AccountId, State>()
  readonly #forgetListeners = new Set<(id: AccountId) => Promise<void>>()
  #current: OpenSession | null = null
  readonly #renewal: TokenRenewal | null
  readonly #surroundings: Surroundings
  #retry: { cancel(): void } | null = null

  constructor(deps: AccountsDependencies) {
    this.#deps = deps
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
        this.#states.set(session.accountId, 'needs-sign-in')
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
    this.#states.set(record.id, 'starting')
    this.#announce()
    try {
      await this.switchTo(record.id)
    } catch (error) {
      this.#deps.logger.warn('the last account could not be opened', {
        error: findAppError(error)?.code ?? error,
      })
    }
  }

  async openLocal(dataDir?: string): Promise<AccountView> {
    const running = await this.#deps.workspace.start(dataDir ?? this.#deps.defaultDataDir)
    const opened = await openAccount(this.#deps.connect, { kind: 'local', ...running })
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
    const token = { value: target.authToken }
    const opened = await openAccount(this.#deps.connect, target, undefined, token)
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
    await this.#keep(record, token.value)
    return this.#enter(opened, record, token)
  }

  async #keep(record: AccountRecord, authToken: string): Promise<void> {
    if (record.keptIn === 'keychain') await this.#deps.secrets.set(record.id, authToken)
    else this.#sessionTokens.set(record.id, authToken)
  }

  /** Opens an account that is known. @throws AppError auth.required when its token is gone, network.offline … */
  async switchTo(id: AccountId): Promise<AccountView> {
    const record = this.#deps.store.list().find((record) => record.id === id)
    if (!record) throw new AppError('api.not-found', 'This account is not known any more.')
    if (record.kind === 'local') return this.openLocal(record.dataDir)
    try {
      const { opened, token } = await this.#open(record)
      return await this.#enter(opened, { ...record, isCurrent: true }, token)
    } catch (error) {
      this.#states.set(id, stateAfter(error))
      this.#deps.store.put({ ...record, isCurrent: true })
      this.#become(null)
      if (this.#states.get(id) === 'unreachable') this.#retryLater(id)
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
    const authToken = this.#sessionTokens.get(record.id) ?? (await this.#deps.secrets.get(record.id))
    if (!authToken) throw new AppError('auth.required', `The token of ${record.name} is not in the keychain.`)
    const token = { value: authToken }
    const target = { kind: 'iconik' as const, url: record.url, appId: record.appId, authToken }
    return { opened: await openAccount(this.#deps.connect, target, signal, token), token }
  }

  /** Forgets the account and its token; its uploads stay in the journal. */
  async signOut(id: AccountId): Promise<void> {
    const record = this.#deps.store.list().find((record) => record.id === id)
    if (!record) return
    if (record.keptIn === 'keychain') await this.#deps.secrets.delete(id)
    this.#sessionTokens.delete(id)
    this.#states.delete(id)
    this.#deps.store.delete(id)
    if (record.isCurrent) {
      this.#renewal?.stop()
      this.#become(null)
    } else this.#announce()
    if (record.kind === 'local') await this.#deps.workspace.stop()
    await Promise.all([...this.#forgetListeners].map((listener) => listener(id)))
  }

  /** A server that was away when Ferry started comes back without the person having to do anything. */
  #retryLater(id: AccountId): void {
    this.#retry?.cancel()
    this.#retry =
      this.#deps.clock?.after(RETRY_MS, () => {
        const isWanted = this.#current === null && this.session.accountId() === id
        // A failure shows in the state, and sets the next try.
        if (isWanted) this.switchTo(id).catch(() => {})
      }) ?? null
  }

  async #enter(opened: OpenSession, record: AccountRecord, token?: TokenHolder): Promise<AccountView> {
    this.#deps.store.put(record)
    this.#renewal?.stop()
    if (token && record.signedInBy === 'password')
      this.#renewal?.follow(record.expiresMs, () => this.#renew(record, token))
    this.#states.set(record.id, 'signed-in')
    this.#retry?.cancel()
    const session: OpenSession = {
      ...opened,
      api: watchRejections(opened.api, () => this.session.rejected(session)),
    }
    this.#become(session)
    return this.#view(record)
  }

  /** The session goes on with the new token from its next call; the old one stays good until it expires. */
  async #renew(record: AccountRecord, token: TokenHolder): Promise<LoginToken> {
    const { url, appId } = record
    const renewed = await this.#deps.passwordLogin.renew({ url, appId, authToken: token.value })
    await this.#keep(record, renewed.authToken)
    token.value = renewed.authToken
    const known = this.#deps.store.list().find(({ id }) => id === record.id)
    if (known) this.#deps.store.put({ ...known, expiresMs: renewed.expiresMs })
    return renewed
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
    return {
      id: record.id,
      kind: record.kind,
      name: record.name,
      url: session?.url ?? record.url,
      userName: record.userName,
      keptIn: record.keptIn,
      state: session ? 'signed-in' : (this.#states.get(record.id) ?? 'needs-sign-in'),
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

function targetOf(credentials: Credentials) {
  return {
    kind: 'iconik' as const,
    url: parseAccountAddress(credentials.url),
    appId: credentials.appId,
    authToken: credentials.authToken,
  }
}

function stateAfter(error: unknown): State {
  const code = findAppError(error)?.code
  return code?.startsWith('network.') || code === 'api.failed' ? 'unreachable' : 'needs-sign-in'
}
