import type { Core } from './core.ts'
import { newId } from './ids.ts'
import type { LoginOption } from './options.ts'
import type { User } from './store/tables.ts'

/** Makes a person who logs in with e-mail and password. The first domain is the workspace's own. */
export function createLogin(core: Core, login: LoginOption): User {
  const email = login.email.toLowerCase()
  const { systemDomainId } = core.accounts.identity
  const known = core.tables.users.first({ where: { email } })
  const names = login.domains ?? ['Local workspace']
  const domains = names.map((name, at) => ({
    id: at === 0 ? systemDomainId : newId(),
    name,
    otp: login.otp ?? false,
  }))
  const user =
    known ??
    core.tables.users.insert({
      email,
      first_name: email.split('@')[0] ?? email,
      last_name: '',
      type: 'POWER',
      status: 'ACTIVE',
      is_admin: login.isAdmin ?? true,
      groups: [],
      system_domain_id: systemDomainId,
      system_domains: domains.map((domain) => domain.id),
      system_name: names[0] ?? 'Local workspace',
      metadata: {},
    })
  core.passwords.set(user.id, login.password)
  if (!known) core.settings.set(`login/${user.id}`, { domains })
  return user
}
