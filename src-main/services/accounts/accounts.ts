import type { AccountsState, AccountView, Credentials } from '@contract/accounts.ts'
import type { AccountId } from '@contract/ids.ts'
import { parseAccountAddress } from '../../core/account-address.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { missingRoles } from '../../core/needed-roles.ts'
import type { AccountSession, OpenSession } from '../../ports/account-session.ts'
import type { AccountRecord, AccountStore } from '../../ports/account-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ConnectIconik } from '../../ports/connect-iconik.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import type { LocalWorkspace } from '../../ports/local-workspace.ts'
import type { Logger } from '../../ports/logger.ts'
import type { SecretStore } from '../../ports/secret-store.ts'
import { openAccount } from './open-account.ts'
import { watchRejections } from './watch-rejections.ts'

export interface AccountsDependencies {
  store: AccountStore
  secrets: SecretStore
  connect: ConnectIconik
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

/** Who is signed in, and how that came to be. Tokens pass through here and are kept by the secret store only. */
export class Accounts {
  readonly session: AccountSession
  readonly #deps: AccountsDependencies
  readonly #listeners = new Set<(session: OpenSession | null) => void>()
  readonly #stateListeners = new Set<(state: AccountsState) => void>()
  /** Tokens of accounts that are kept for this session only. */
  readonly #sessionTokens = new Map<AccountId, string>()
  /** What is known of accounts besides their record. */
  readonly #states = new Map<AccountId, State>()
  readonly #forgetListeners = new Set<(id: AccountId) => Promise<void>>()
  #current: OpenSession | null = null
  #retry: { cancel(): void } | null = null

  constructor(deps: AccountsDependencies) {
    this.#deps = deps
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

  async state(): Promise<AccountsState> {
    const records = this.#deps.store.list()
    const [known, keychain] = await Promise.all([
      Promise.all(records.map((record) => this.#view(record))),
      this.#deps.secrets.state(),
    ])
    const current = records.findIndex((record) => record.isCurrent)
    return { current: known[current] ?? null, known, keychain }
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
    return this.#enter(opened, {
      id: opened.accountId,
      kind: 'local',
      name: 'Local workspace',
      userName: opened.userName,
      url: '',
      appId: running.appId,
      dataDir: running.dataDir,
      keptIn: 'session',
      isCurrent: true,
    })
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
  async connect(credentials: Credentials & { keepIn: 'keychain' | 'session' }): Promise<AccountView> {
    const target = targetOf(credentials)
    const opened = await openAccount(this.#deps.connect, target)
    if (credentials.keepIn === 'keychain') await this.#deps.secrets.set(opened.accountId, target.authToken)
    else this.#sessionTokens.set(opened.accountId, target.authToken)
    return this.#enter(opened, {
      id: opened.accountId,
      kind: 'iconik',
      name: opened.domainName,
      userName: opened.userName,
      url: target.url,
      appId: target.appId,
      dataDir: '',
      keptIn: credentials.keepIn,
      isCurrent: true,
    })
  }

  /** Opens an account that is known. @throws AppError auth.required when its token is gone, network.offline … */
  async switchTo(id: AccountId): Promise<AccountView> {
    const record = this.#deps.store.list().find((record) => record.id === id)
    if (!record) throw new AppError('api.not-found', 'This account is not known any more.')
    if (record.kind === 'local') return this.openLocal(record.dataDir)
    try {
      const authToken = this.#sessionTokens.get(id) ?? (await this.#deps.secrets.get(id))
      if (!authToken)
        throw new AppError('auth.required', `The token of ${record.name} is not in the keychain.`)
      const opened = await openAccount(this.#deps.connect, {
        kind: 'iconik',
        url: record.url,
        appId: record.appId,
        authToken,
      })
      return await this.#enter(opened, { ...record, isCurrent: true })
    } catch (error) {
      this.#states.set(id, stateAfter(error))
      this.#deps.store.put({ ...record, isCurrent: true })
      this.#become(null)
      if (this.#states.get(id) === 'unreachable') this.#retryLater(id)
      throw error
    }
  }

  /** Forgets the account and its token; its uploads stay in the journal. */
  async signOut(id: AccountId): Promise<void> {
    const record = this.#deps.store.list().find((record) => record.id === id)
    if (!record) return
    if (record.keptIn === 'keychain') await this.#deps.secrets.delete(id)
    this.#sessionTokens.delete(id)
    this.#states.delete(id)
    this.#deps.store.delete(id)
    if (record.isCurrent) this.#become(null)
    else this.#announce()
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

  async #enter(opened: OpenSession, record: AccountRecord): Promise<AccountView> {
    this.#deps.store.put(record)
    this.#states.set(record.id, 'signed-in')
    this.#retry?.cancel()
    const session: OpenSession = {
      ...opened,
      api: watchRejections(opened.api, () => this.session.rejected(session)),
    }
    this.#become(session)
    return this.#view(record)
  }

  #become(session: OpenSession | null): void {
    this.#current = session
    for (const listener of this.#listeners) listener(session)
    this.#announce()
  }

  #announce(): void {
    if (this.#stateListeners.size === 0) return
    void this.#tell()
  }

  async #tell(): Promise<void> {
    try {
      const state = await this.state()
      for (const listener of this.#stateListeners) listener(state)
    } catch (error) {
      this.#deps.logger.error('the accounts could not be read', { error })
    }
  }

  #require(): OpenSession {
    if (!this.#current) throw new AppError('auth.required', 'Nobody is signed in.')
    return this.#current
  }

  async #view(record: AccountRecord): Promise<AccountView> {
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
      local: record.kind === 'local' ? await this.#space(record.dataDir) : null,
    }
  }

  async #space(dataDir: string): Promise<AccountView['local']> {
    const [usedBytes, freeBytes] = await Promise.all([
      this.#deps.workspace.usedBytes(dataDir).catch(() => 0),
      this.#deps.fileSystem.freeBytes(dataDir).catch(() => 0),
    ])
    return { dataDir, usedBytes, freeBytes }
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
