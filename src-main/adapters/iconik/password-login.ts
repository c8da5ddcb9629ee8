import { request } from 'undici'
import { z } from 'zod'
import { parseAccountAddress } from '../../core/account-address.ts'
import { AppError } from '../../core/errors.ts'
import { errorFromConnection } from '../../core/network-errors.ts'
import type { Network } from '../../ports/network.ts'
import type { LoginAttempt, LoginDomain, LoginToken, PasswordLogin } from '../../ports/password-login.ts'
import { errorFromAnswer, parseErrorBody } from './answer-errors.ts'

// iconik's api page, section 2.2, and its description of the auth service: the token of the first step is either a whole one
// or, with several domains or a one-time code, proof of the password for the second step, in a header of its own.

const Domain = z.looseObject({
  system_domain_id: z.string(),
  system_domain_name: z.string().nullish(),
  mfa_required: z.boolean().nullish(),
  mfa_methods_configured: z.array(z.string()).nullish(),
  mfa_methods: z.array(z.string()).nullish(),
})
const Answer = z.looseObject({
  app_id: z.string().nullish(),
  token: z.string().nullish(),
  expires: z.string().nullish(),
  auth_system_domains: z.array(Domain).nullish(),
})
type Answer = z.infer<typeof Answer>

/** Named by clients of iconik that people sit at. */
const APP_NAME = 'WEB'
const TIMEOUT_MS = 30_000
const LONGEST_ANSWER_BYTES = 1024 * 1024

interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  headers?: Record<string, string>
  body?: unknown
  signal?: AbortSignal | undefined
  /** What a 401 means for this call, in words for a person. */
  refused: string
}

/** @param know told of every token, so that none is ever logged */
export function createPasswordLogin(deps: {
  network: Network
  know: (secret: string) => void
}): PasswordLogin {
  async function send(url: string, call: Call): Promise<string> {
    const origin = parseAccountAddress(url)
    const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(call.signal ? [call.signal] : [])])
    let status: number
    let text: string
    try {
      const answer = await request(`${origin}/API/auth${call.path}`, {
        dispatcher: await deps.network.dispatcherFor(origin),
        method: call.method,
        headers: { accept: 'application/json', 'content-type': 'application/json', ...call.headers },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal,
      })
      status = answer.statusCode
      text = await readText(answer.body)
    } catch (error) {
      if (call.signal?.aborted) throw new AppError('cancelled', 'Cancelled.', { cause: error })
      throw error instanceof AppError ? error : errorFromConnection(error, new URL(origin).host)
    }
    if (status >= 200 && status < 300) return text
    const name = `${call.method} /API/auth${call.path}`
    if (status === 401) {
      const said = parseErrorBody(text).messages[0]
      throw new AppError('auth.rejected', said ? `${call.refused} ${said}.` : call.refused, {
        details: { status, call: name },
      })
    }
    throw errorFromAnswer({ status, body: text, header: () => null, call: name, nowMs: Date.now() })
  }

  async function ask(url: string, call: Call): Promise<Answer> {
    const parsed = Answer.safeParse(parseJson(await send(url, call)))
    if (parsed.success) return parsed.data
    throw new AppError('api.unexpected', "iconik's answer to the log-in is not understood.", {
      cause: parsed.error,
    })
  }

  /** @param appId where the answer names none: a renewed token stays with its application */
  function tokenOf(answer: Answer, appId = ''): LoginToken {
    const id = answer.app_id ?? appId
    if (!answer.token || !id)
      throw new AppError('api.unexpected', 'iconik took the log-in but gave no token.')
    deps.know(answer.token)
    const expiresMs = Date.parse(answer.expires ?? '')
    return { appId: id, authToken: answer.token, expiresMs: Number.isNaN(expiresMs) ? null : expiresMs }
  }

  async function isWhole(url: string, { appId, authToken }: LoginToken, signal?: AbortSignal) {
    const headers = { 'app-id': appId, 'auth-token': authToken }
    try {
      await send(url, { method: 'GET', path: '/v1/auth/token/', headers, signal, refused: '' })
      return true
    } catch (error) {
      if (error instanceof AppError && error.code === 'auth.rejected') return false
      throw error
    }
  }

  function attemptOf(url: string, email: string, answer: Answer): LoginAttempt {
    const proof = answer.token ?? ''
    deps.know(proof)
    const headers: Record<string, string> = proof ? { 'temp-auth-token': proof } : {}
    const who = (domainId: string) => ({ email, system_domain_id: domainId, app_name: APP_NAME })
    return {
      domains: (answer.auth_system_domains ?? []).map(toDomain),
      async sendCode(domainId, signal) {
        const path = '/v1/auth/otp/generate/'
        await send(url, {
          method: 'POST',
          path,
          headers,
          body: { ...who(domainId), otp_type: 'MAIL_2SV' },
          signal,
          refused: 'iconik does not send a code any more: sign in again from the start.',
        })
      },
      async choose(domainId, code, signal) {
        const answered = await ask(url, {
          method: 'POST',
          path: '/v1/auth/multidomain/login/',
          headers,
          body: { ...who(domainId), ...(code === null ? {} : { otp: code }) },
          signal,
          refused: 'iconik refused the one-time code, or the log-in took too long.',
        })
        return tokenOf(answered)
      },
    }
  }

  return {
    async begin({ url, email, password }, signal) {
      const answer = await ask(url, {
        method: 'POST',
        path: '/v1/auth/simple/login/',
        body: { email, password, app_name: APP_NAME },
        signal,
        refused: 'The e-mail address or the password is wrong.',
      })
      const domains = (answer.auth_system_domains ?? []).map(toDomain)
      const mustChoose = domains.length > 1 || domains.some(({ code }) => code !== null)
      if (!mustChoose && answer.token && answer.app_id) {
        const token = tokenOf(answer)
        if (await isWhole(url, token, signal)) return { token }
      }
      if (domains.length === 0)
        throw new AppError('api.unexpected', 'iconik took the password but names no domain to sign in to.')
      return { attempt: attemptOf(url, email, answer) }
    },

    async renew({ url, appId, authToken }) {
      const answer = await ask(url, {
        method: 'PUT',
        path: '/v1/auth/token/',
        headers: { 'app-id': appId, 'auth-token': authToken },
        refused: 'iconik does not renew the token any more: sign in again.',
      })
      return tokenOf(answer, appId)
    },

    async revoke({ url, appId, authToken }, signal) {
      await send(url, {
        method: 'DELETE',
        path: '/v1/auth/token/',
        headers: { 'app-id': appId, 'auth-token': authToken },
        signal,
        refused: 'iconik does not know the token any more.',
      })
    },
  }
}

function toDomain(domain: z.infer<typeof Domain>): LoginDomain {
  const methods = domain.mfa_methods_configured ?? domain.mfa_methods ?? []
  const code = !domain.mfa_required ? null : methods.includes('TOTP') ? 'app' : 'mail'
  return { id: domain.system_domain_id, name: domain.system_domain_name || domain.system_domain_id, code }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    sizeBytes += chunk.length
    if (sizeBytes > LONGEST_ANSWER_BYTES)
      throw new AppError('api.unexpected', "iconik's answer to the log-in is larger than 1 MiB.")
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
