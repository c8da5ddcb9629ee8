import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { ApiError, badRequest } from '../errors.ts'
import { dateNow } from '../ids.ts'
import { created, noContent, ok, operation, present, update, type Call } from '../http/operation.ts'
import { keysetEnvelope, keysetOf } from '../http/paging.ts'
import type { User } from '../store/tables.ts'
import { tokenView } from './auth.ts'
import { uuidText } from './schemas.ts'

const SimpleLogin = z.object({
  email: z.email(),
  password: z.string().min(1),
  app_name: z.string().nullish(),
})
const MultiDomainLogin = z.object({
  email: z.email(),
  system_domain_id: uuidText,
  app_name: z.string().nullish(),
  otp: z.string().nullish(),
  otp_type: z.string().nullish(),
})

/** A person's domains, and whether a one-time code is asked for there. */
interface LoginRules {
  domains: { id: string; name: string; otp: boolean }[]
}

export const loginRulesOf = (call: Call<unknown>, user: User): LoginRules =>
  call.core.settings.get<LoginRules>(`login/${user.id}`) ?? {
    domains: [
      {
        id: String(user['system_domain_id']),
        name: String(user['system_name'] ?? 'Local workspace'),
        otp: false,
      },
    ],
  }

const wrong = () => new ApiError(401, 'The e-mail address or the password is wrong')
const stale = () => new ApiError(401, 'The log-in has expired; begin again')
const stepLifetimeMs = 10 * 60_000
const otpLifetimeMs = 10 * 60_000
const mostOtpTries = 5

/** Checks a password. One domain without a code gives the token at once, else the domains to choose from. */
function simpleLogin(call: Call<z.infer<typeof SimpleLogin>>) {
  const { core } = call
  const user = core.tables.users.first({ where: { email: call.body.email.toLowerCase(), status: 'ACTIVE' } })
  if (!core.passwords.verify(user?.id, call.body.password) || !user) throw wrong()
  const rules = loginRulesOf(call, user)
  const [only, ...more] = rules.domains
  if (only && more.length === 0 && !only.otp) return created(issued(call, user, only.id, false))
  const tempToken = randomBytes(32).toString('base64url')
  core.settings.set(`login-step/${user.id}`, {
    hash: hashOf(tempToken),
    until: Date.now() + stepLifetimeMs,
  })
  const domains = rules.domains.map((domain) => ({
    system_domain_id: domain.id,
    system_domain_name: domain.name,
    mfa_required: domain.otp,
    mfa_required_configured: domain.otp,
    mfa_methods: domain.otp ? ['MAIL_2SV'] : [],
    mfa_methods_configured: domain.otp ? ['MAIL_2SV'] : [],
    platform_url: call.origin,
    url: call.origin,
    logo_url: null,
  }))
  return created({
    app_id: core.accounts.identity.appId,
    user_id: user.id,
    token: tempToken,
    auth_system_domains: domains,
    system_domains: rules.domains.map((domain) => domain.id),
  })
}

function issued(
  call: Call<unknown>,
  user: User,
  domainId: string,
  withCode: boolean,
): Record<string, unknown> {
  const { core } = call
  const made = core.accounts.issue(core.accounts.identity.appId, user.id, domainId, {
    lifetimeS: core.assumptions.tokenLifetimeS,
  })
  if (withCode) core.tables.tokens.update(made.row.id, { is_mfa_authenticated: true })
  core.tables.users.update(user.id, { last_web_login: dateNow() }, false)
  core.db.afterCommit(() => core.accounts.forget())
  return {
    ...tokenView(call, { ...made.row, is_mfa_authenticated: withCode }, made.token),
    app_id: core.accounts.identity.appId,
  }
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** Whether a request carries the token that the first step gave out. The log-in calls take it in a header of its own. */
function hasTempToken(call: Call<unknown>, hash: string): boolean {
  const given = call.request.headers['temp-auth-token']
  return (
    typeof given === 'string' && timingSafeEqual(Buffer.from(hashOf(given), 'hex'), Buffer.from(hash, 'hex'))
  )
}

/** Who chooses a domain: only somebody who gave the right password a moment ago. */
function chooser(call: Call<z.infer<typeof MultiDomainLogin>>): {
  user: User
  domain: LoginRules['domains'][number]
} {
  const { core, body } = call
  const user = core.tables.users.first({ where: { email: body.email.toLowerCase(), status: 'ACTIVE' } })
  const step = user && core.settings.get<{ hash: string; until: number }>(`login-step/${user.id}`)
  if (!user || !step || step.until < Date.now() || !hasTempToken(call, step.hash)) throw stale()
  const domain = loginRulesOf(call, user).domains.find((row) => row.id === body.system_domain_id)
  if (!domain) throw badRequest({ system_domain_id: 'You have no account in this domain' })
  return { user, domain }
}

function multiDomainLogin(call: Call<z.infer<typeof MultiDomainLogin>>) {
  const { user, domain } = chooser(call)
  const { core, body } = call
  if (domain.otp) {
    const key = `otp/${user.id}`
    const expected = core.settings.get<{ code: string; until: number; tries: number }>(key)
    if (!body.otp) throw badRequest({ otp: 'A one-time code is required' })
    if (!expected || expected.until < Date.now() || expected.tries >= mostOtpTries)
      throw new ApiError(401, 'The one-time code has expired; ask for a new one')
    if (expected.code !== body.otp.trim()) return refusedCode(call, key, expected)
    core.settings.remove(key)
  }
  core.settings.remove(`login-step/${user.id}`)
  return created(issued(call, user, domain.id, domain.otp))
}

/** A wrong code counts; the answer must not undo the count, so it is no thrown error. */
function refusedCode(
  call: Call<unknown>,
  key: string,
  expected: { code: string; until: number; tries: number },
) {
  call.core.settings.set(key, { ...expected, tries: expected.tries + 1 })
  return { status: 401, body: { errors: ['The one-time code is wrong'] } }
}

/** A new code. There is no mail here: it is shown where the workspace is inspected. */
function generateOtp(call: Call<z.infer<typeof MultiDomainLogin>>) {
  const { user } = chooser(call)
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  call.core.settings.set(`otp/${user.id}`, { code, until: Date.now() + otpLifetimeMs, tries: 0 })
  call.core.settings.set('last-otp', { email: user.email, code })
  return created({})
}

const App = z.object({
  name: z.string().min(1),
  description: z.string().nullish(),
  default_user_id: uuidText.nullish(),
  url: z.string().nullish(),
})

const appOf = (call: Call<unknown>) => call.core.tables.apps.require(call.params['app_id'] ?? '')
const appView = (call: Call<unknown>, app: Record<string, unknown>) => ({
  ...present(app),
  system_domain_id: call.core.accounts.identity.systemDomainId,
})

function appToken(call: Call<unknown>) {
  const app = appOf(call)
  const userId = typeof app['default_user_id'] === 'string' ? app['default_user_id'] : call.account.user.id
  if (userId !== call.account.user.id && !call.account.user.is_admin)
    throw new ApiError(403, 'Only an administrator may make a token that acts for somebody else')
  const made = call.core.accounts.issue(app.id, userId, call.core.accounts.identity.systemDomainId)
  return created(tokenView(call, made.row, made.token))
}

const one = '/v1/apps/{app_id}/'

export const loginOperations = [
  operation('auth', 'POST', '/v1/auth/simple/login/', null, simpleLogin, {
    schema: SimpleLogin,
    access: 'public',
  }),
  operation('auth', 'POST', '/v1/auth/multidomain/login/', null, multiDomainLogin, {
    schema: MultiDomainLogin,
    access: 'public',
  }),
  operation('auth', 'POST', '/v1/auth/otp/generate/', null, generateOtp, {
    schema: MultiDomainLogin,
    access: 'public',
  }),
  operation('auth', 'GET', '/v1/apps/', 'can_read_apps', (call) => {
    const paging = keysetOf(call)
    const rows = call.core.tables.apps.list({
      limit: paging.perPage + 1,
      ...(paging.lastId !== undefined && { afterId: paging.lastId }),
    })
    return ok(keysetEnvelope(call, paging, call.core.tables.apps.count(), rows, (app) => appView(call, app)))
  }),
  operation(
    'auth',
    'POST',
    '/v1/apps/',
    'can_write_apps',
    (call) =>
      created(appView(call, call.core.tables.apps.insert({ description: null, type: 'PAT', ...call.body }))),
    { schema: App },
  ),
  operation('auth', 'GET', one, 'can_read_apps', (call) => ok(appView(call, appOf(call)))),
  ...update(
    'auth',
    one,
    'can_write_apps',
    (call) => ok(appView(call, call.core.tables.apps.update(appOf(call).id, call.body))),
    { schema: App.partial() },
  ),
  operation('auth', 'DELETE', one, 'can_delete_apps', (call) => {
    const app = appOf(call)
    if (app.id === call.account.appId) throw badRequest('An application cannot delete itself')
    for (const token of call.core.tables.tokens.list({ where: { app_id: app.id } }))
      call.core.accounts.revoke(token.id)
    call.core.tables.apps.remove(app.id)
    return noContent()
  }),
  operation('auth', 'POST', `${one}token/`, 'can_read_apps', appToken),
]
