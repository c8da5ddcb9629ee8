import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Tables, User } from './store/tables.ts'
import type { Settings } from './store/settings.ts'
import { dateOf, newId } from './ids.ts'
import { roleNames } from './roles.ts'

/** Who a call acts for. */
export interface Account {
  user: User
  appId: string
  tokenId: string
  roles: ReadonlySet<string>
  /** Domain of the token; an account is known by it, whatever the address of the service. */
  systemDomainId: string
}

export interface Identity {
  systemDomainId: string
  appId: string
  adminId: string
  /** Signs storage URLs. Never leaves the workspace. */
  signingKey: string
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')
const sameSecret = (left: string, right: string) =>
  timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest())

/** A token as iconik's look: three parts with dots. The middle holds nothing that matters here. */
export const newToken = (): string =>
  [
    Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url'),
    randomBytes(24).toString('base64url'),
    randomBytes(32).toString('base64url'),
  ].join('.')

/** Users, groups, applications and tokens: who somebody is and what they may do. */
export class Accounts {
  readonly #tables: Tables
  readonly #settings: Settings
  readonly identity: Identity
  #known = new Map<
    string,
    { tokenId: string; appId: string; userId: string; expires: number; domainId: string; user?: User }
  >()
  #rolesOf = new Map<string, ReadonlySet<string>>()

  constructor(tables: Tables, settings: Settings, wanted: { appId?: string | undefined }) {
    this.#tables = tables
    this.#settings = settings
    this.identity = this.#identity(wanted.appId)
  }

  #identity(wantedAppId: string | undefined): Identity {
    const made = this.#settings.remember<Omit<Identity, 'appId'> & { appId: string }>('identity', () => ({
      systemDomainId: newId(),
      appId: wantedAppId ?? newId(),
      adminId: newId(),
      signingKey: randomBytes(32).toString('base64'),
    }))
    const appId = wantedAppId ?? made.appId
    if (!this.#tables.users.has(made.adminId)) this.#createAdmin(made.adminId, made.systemDomainId)
    if (!this.#tables.apps.has(appId))
      this.#tables.apps.insert({
        id: appId,
        name: 'Ferry',
        description: 'Local workspace',
        type: 'PAT',
        default_user_id: made.adminId,
      })
    return { ...made, appId }
  }

  #createAdmin(id: string, domainId: string): void {
    this.#tables.users.insert({
      id,
      email: 'you@workspace.local',
      first_name: 'Local',
      last_name: 'User',
      type: 'POWER',
      status: 'ACTIVE',
      is_admin: true,
      groups: [],
      system_domain_id: domainId,
      system_domains: [domainId],
      system_name: 'Local workspace',
      metadata: {},
    })
  }

  /** Makes a token for a user. The secret is given once and kept as a hash. */
  issue(
    appId: string,
    userId: string,
    domainId: string,
    options: { secret?: string; lifetimeS?: number } = {},
  ) {
    const token = options.secret ?? newToken()
    const hash = hashOf(token)
    const old = this.#tables.tokens.first({ where: { _hash: hash } })
    const expires = dateOf(Date.now() + (options.lifetimeS ?? 10 * 365 * 86_400) * 1000)
    const row =
      old ??
      this.#tables.tokens.insert({
        app_id: appId,
        user_id: userId,
        system_domain_id: domainId,
        expires,
        is_mfa_authenticated: false,
        _hash: hash,
      })
    return { token, row }
  }

  revoke(tokenId: string): boolean {
    for (const [hash, entry] of this.#known) if (entry.tokenId === tokenId) this.#known.delete(hash)
    return this.#tables.tokens.remove(tokenId)
  }

  /** Forgets what was remembered about tokens, users and roles; to be called after any change of users, groups or tokens. */
  forget(): void {
    this.#known.clear()
    this.#rolesOf.clear()
  }

  /** The account of a pair of credentials, or undefined. Takes the same time for a wrong app as for a right one. */
  authenticate(appId: string, token: string): Account | undefined {
    const hash = hashOf(token)
    let entry = this.#known.get(hash)
    if (!entry) {
      const row = this.#tables.tokens.first({ where: { _hash: hash } })
      if (!row) {
        sameSecret(appId, hash)
        return undefined
      }
      entry = {
        tokenId: row.id,
        appId: String(row['app_id']),
        userId: String(row['user_id']),
        expires: Date.parse(String(row['expires'])),
        domainId: String(row['system_domain_id']),
      }
      this.#known.set(hash, entry)
    }
    if (!sameSecret(appId, entry.appId) || entry.expires <= Date.now()) return undefined
    const user = (entry.user ??= this.#tables.users.get(entry.userId))
    if (!user || user.status !== 'ACTIVE') return undefined
    return {
      user,
      appId: entry.appId,
      tokenId: entry.tokenId,
      roles: this.rolesOf(user),
      systemDomainId: entry.domainId,
    }
  }

  /** The account that a job acts for; undefined where the user is gone. */
  actingFor(userId: string): Account | undefined {
    const user = this.#tables.users.get(userId)
    return (
      user && {
        user,
        appId: this.identity.appId,
        tokenId: '',
        roles: this.rolesOf(user),
        systemDomainId: this.identity.systemDomainId,
      }
    )
  }

  /** An administrator has every role; others have those of their groups. */
  rolesOf(user: User): ReadonlySet<string> {
    const known = this.#rolesOf.get(user.id)
    if (known) return known
    const roles = user.is_admin
      ? new Set<string>(roleNames)
      : new Set<string>(user.groups.flatMap((id) => this.#tables.groups.get(id)?.roles ?? []))
    this.#rolesOf.set(user.id, roles)
    return roles
  }
}
