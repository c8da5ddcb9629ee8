import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ApiError, badRequest, notFound } from '../errors.ts'
import { dateNow } from '../ids.ts'
import { created, noContent, ok, operation, type Call } from '../http/operation.ts'
import { uuidText } from './schemas.ts'

const ExternalRequest = z.object({
  secret: z.string().min(16).max(1000),
  app_id: uuidText.nullish(),
  app_name: z.string().min(1).nullish(),
  redirect_info: z
    .object({ url: z.string().nullish(), headers: z.record(z.string(), z.unknown()).nullish() })
    .nullish(),
})
const Instance = z.object({ app_id: uuidText, id: uuidText })

/** What a person allowed another program, until it comes for it. The token is made then, so that none is kept. */
interface Approval {
  appId: string
  userId: string
  systemDomainId: string
  date: string
  redirect: { url?: string | null | undefined; headers?: Record<string, unknown> | null | undefined } | null
}

const waitMs = 10 * 60_000
/** A secret is as good as a password: only its hash is kept. */
const keyOf = (secret: string) => `external-auth/${createHash('sha256').update(secret).digest('hex')}`

/** Somebody signed in allows the program that made up `secret` to act for them. */
function approve(call: Call<z.infer<typeof ExternalRequest>>) {
  const { core, body, account } = call
  if (body.app_id && !core.tables.apps.has(body.app_id))
    throw badRequest({ app_id: 'There is no such application' })
  if (core.settings.get(keyOf(body.secret)) !== undefined)
    throw badRequest({ secret: 'Was used before; make up another one' })
  const appId =
    body.app_id ??
    core.tables.apps.insert({
      name: body.app_name ?? 'Another program',
      description: null,
      type: 'PAT',
      default_user_id: account.user.id,
    }).id
  const approval: Approval = {
    appId,
    userId: account.user.id,
    systemDomainId: account.systemDomainId,
    date: dateNow(),
    redirect: body.redirect_info ?? null,
  }
  core.settings.set(keyOf(body.secret), approval)
  return created({ app_id: appId, redirect_info: approval.redirect })
}

function issued(call: Call<unknown>, { appId, userId, systemDomainId }: Approval): string {
  return call.core.accounts.issue(appId, userId, systemDomainId).token
}

/** The program comes for its token, once; whoever knows the secret is that program. */
function collect(call: Call<unknown>) {
  const { core, params } = call
  const key = keyOf(params['secret'] ?? '')
  return core.db.transaction(() => {
    const approval = core.settings.get<Approval>(key)
    if (!approval || Date.parse(approval.date) + waitMs < Date.now())
      throw new ApiError(
        404,
        'Nobody has allowed this yet, the token was fetched before, or it took too long',
      )
    core.settings.remove(key)
    return ok({
      app_id: approval.appId,
      token: issued(call, approval),
      redirect_info: approval.redirect,
      date_created: approval.date,
    })
  })
}

const instanceKey = (call: Call<unknown>, id: string) => `app-instance/${call.account.user.id}/${id}`

/** One installation of a program, allowed for good by the caller. */
function addInstance(call: Call<z.infer<typeof Instance>>) {
  const { core, body, account } = call
  if (!core.tables.apps.has(body.app_id)) throw badRequest({ app_id: 'There is no such application' })
  const approval: Approval = {
    appId: body.app_id,
    userId: account.user.id,
    systemDomainId: account.systemDomainId,
    date: dateNow(),
    redirect: null,
  }
  core.settings.set(instanceKey(call, body.id), approval)
  return created({ app_id: body.app_id, id: body.id, date_created: approval.date })
}

function instanceOf(call: Call<unknown>): { key: string; approval: Approval } {
  const id = call.params['approved_instance_id'] ?? ''
  const key = instanceKey(call, id)
  const approval = call.core.settings.get<Approval>(key)
  if (!approval) throw notFound('Approved instance', id)
  return { key, approval }
}

const instances = '/v1/apps/instance/'

/** How other programs come to a token without a password: a hand-over by secret, and installations that were allowed. */
export const appApprovalOperations = [
  operation('auth', 'POST', '/v1/apps/external/auth/', null, approve, { schema: ExternalRequest }),
  operation('auth', 'GET', '/v1/apps/external/auth/{secret}/', null, collect, { access: 'public' }),
  operation('auth', 'POST', instances, null, addInstance, { schema: Instance }),
  operation('auth', 'GET', `${instances}{approved_instance_id}/`, null, (call) => {
    const { approval } = instanceOf(call)
    const token = call.core.db.transaction(() => issued(call, approval))
    return ok({ app_id: approval.appId, token, date_created: approval.date })
  }),
  operation('auth', 'DELETE', `${instances}{approved_instance_id}/`, null, (call) => {
    call.core.settings.remove(instanceOf(call).key)
    return noContent()
  }),
]
