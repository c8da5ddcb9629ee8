import { z } from 'zod'
import type { Exchange } from '@main/adapters/iconik/http.ts'
import type { Operation } from '@main/workspace/http/operation.ts'
import type { Workspace } from '@main/workspace/index.ts'
import { operations } from '@main/workspace/routes/index.ts'
import { roleNames } from '@main/workspace/roles.ts'
import { shapeOf, type OpenapiCheck } from '../openapi.ts'
import { codesOfLiveService, lacksOfRecorded, rolesOfOurs } from './recorded-facts.ts'
import { hintOf, paramOf } from './operation-hints.ts'
import { sampleOf, wrongValues, type ShapeSchema } from './sample-body.ts'
import { SampleWorld, unknownId, unique, type Caller } from './sample-world.ts'

type Json = Record<string, any> // eslint-disable-line typescript/no-explicit-any

interface Answer {
  status: number
  /** Parsed JSON; the text where it is none; null when empty. */
  body: unknown
}
type Credentials = Record<string, string>

interface Sample {
  params: Record<string, string>
  query: Record<string, string>
  body: Json | undefined
  headers: Record<string, string>
}

const placeholders = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
/** Placeholders that name an object with rights of its own. */
const guardedIds = new Set(['asset_id', 'collection_id', 'search_id', 'object_key', 'source_asset_id'])
const isMethodWithBody = (method: string) => method !== 'GET'
const errorsOf = (answer: Answer): unknown => (answer.body as { errors?: unknown } | null)?.errors
const isErrorBody = (answer: Answer): boolean => {
  const errors = errorsOf(answer)
  if (Array.isArray(errors)) return errors.length > 0 && errors.every((item) => typeof item === 'string')
  return typeof errors === 'object' && errors !== null && Object.keys(errors).length > 0
}

/** Looks at single operations of a running workspace from every side. Each method gives what is wrong, a line each. */
export class OperationWalk {
  readonly #url: string
  readonly #admin: Credentials
  readonly #check: OpenapiCheck | null
  /** Somebody with roles as each look needs them, and without rights to any object. */
  #stranger: { credentials: Credentials; groupId: string } | undefined

  private constructor(workspace: Workspace, check: OpenapiCheck | null) {
    this.#url = workspace.url
    this.#admin = { 'App-ID': workspace.appId, 'Auth-Token': workspace.authToken }
    this.#check = check
  }

  static async start(workspace: Workspace, check: OpenapiCheck | null): Promise<OperationWalk> {
    const walk = new OperationWalk(workspace, check)
    const group = await walk.#caller().must('POST', 'users/v1/groups/', { name: 'Strangers', roles: [] })
    const credentials = await walk.#newcomer({ groups: [group['id']] })
    walk.#stranger = { credentials, groupId: String(group['id']) }
    return walk
  }

  async #send(
    credentials: Credentials,
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...credentials, ...headers },
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    try {
      return { status: response.status, body: text === '' ? null : JSON.parse(text) }
    } catch {
      return { status: response.status, body: text }
    }
  }

  #caller(credentials = this.#admin): Caller {
    const call = async (method: string, path: string, body?: unknown) => {
      const answer = await this.#send(
        credentials,
        method,
        `/API/${path}`,
        body === undefined ? undefined : JSON.stringify(body),
      )
      return { status: answer.status, body: (answer.body ?? {}) as Json }
    }
    return {
      call,
      async must(method, path, body) {
        const answer = await call(method, path, body)
        if (answer.status >= 300)
          throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
        return answer.body
      },
    }
  }

  /** Somebody new with an application of their own. */
  async #newcomer(values: Json): Promise<Credentials> {
    const { must } = this.#caller()
    const user = await must('POST', 'users/v1/users/', {
      email: `${unique('walker')}@example.com`,
      first_name: 'Walker',
      type: 'STANDARD',
      ...values,
    })
    const app = await must('POST', 'auth/v1/apps/', { name: unique('walk'), default_user_id: user['id'] })
    const { token } = await must('POST', `auth/v1/apps/${app['id']}/token/`)
    return { 'App-ID': String(app['id']), 'Auth-Token': String(token) }
  }

  async #credentialsFor(operation: Operation): Promise<Credentials> {
    return hintOf(operation).ownCredentials ? this.#newcomer({ is_admin: true }) : this.#admin
  }

  #schemaOf(operation: Operation): ShapeSchema | undefined {
    return operation.schema
      ? (z.toJSONSchema(operation.schema, {
          io: 'input',
          unrepresentable: 'any',
          target: 'draft-7',
        }) as ShapeSchema)
      : undefined
  }

  /** Parameters, query and body with which the operation must succeed. */
  async #sample(
    operation: Operation,
    world: SampleWorld,
    form: 'own' | 'described' = 'own',
  ): Promise<Sample> {
    const hint = hintOf(operation)
    await hint.prepare?.(world)
    const params: Record<string, string> = {}
    for (const name of placeholders(operation.path)) params[name] = await paramOf(operation, name, world)
    const query = (await hint.query?.(world)) ?? {}
    const headers = (await hint.headers?.(world)) ?? {}
    if (!isMethodWithBody(operation.method)) return { params, query, headers, body: undefined }
    const described = this.#check?.find(operation.method, `/API/${operation.service}${operation.path}`)
    const schema =
      form === 'own' ? this.#schemaOf(operation) : (described?.requestSchema as ShapeSchema | undefined)
    if (!schema) return { params, query, headers, body: hint.body ? await hint.body(world) : undefined }
    const resolve =
      form === 'described' && described
        ? (part: ShapeSchema) => described.resolve(part as never) as ShapeSchema
        : undefined
    const generated = (await sampleOf(schema, world, {
      ...(resolve && { resolve }),
      omit: hint.omit ?? [],
    })) as Json
    return { params, query, headers, body: { ...generated, ...(hint.body ? await hint.body(world) : {}) } }
  }

  #path(operation: Operation, { params, query }: Pick<Sample, 'params' | 'query'>): string {
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(params[name] ?? ''),
    )
    const search = new URLSearchParams(query).toString()
    return `/API/${operation.service}${path}${search ? `?${search}` : ''}`
  }

  async #run(operation: Operation, sample: Sample, credentials = this.#admin): Promise<Answer> {
    if (operation.raw) return this.#runForm(operation, sample, credentials)
    return this.#send(
      credentials,
      operation.method,
      this.#path(operation, sample),
      sample.body === undefined ? undefined : JSON.stringify(sample.body),
      sample.headers,
    )
  }

  async #runForm(operation: Operation, sample: Sample, credentials: Credentials): Promise<Answer> {
    const form = new FormData()
    for (const [key, value] of Object.entries(sample.body ?? {})) form.append(key, String(value))
    form.append('file', new Blob(['bytes']), 'clip.mov')
    const response = await fetch(`${this.#url}${this.#path(operation, sample)}`, {
      method: operation.method,
      headers: credentials,
      body: form,
    })
    return { status: response.status, body: await response.json() }
  }

  #newWorld = () => new SampleWorld(this.#caller())

  /** Codes, roles and keys; without iconik's description only what is written down in recorded-facts.ts. */
  #facts(operation: Operation, answer: Answer): string[] {
    const template = `/API/${operation.service}${operation.path}`
    const shape = `${operation.method} ${shapeOf(template)}`
    const described = this.#check?.find(operation.method, template)
    const codes = Object.keys(described?.operation.responses ?? {}).filter((code) => code.startsWith('2'))
    const live = codesOfLiveService[shape] ?? (operation.method === 'DELETE' ? [200, 202, 204] : [])
    const problems: string[] = []
    if (described && !codes.includes(String(answer.status)) && !live.includes(answer.status))
      problems.push(`${answer.status} is none of ${[...codes, ...live].join(', ')}`)
    const roles = this.#check?.rolesOf(operation.method, template)
    const own = [...operation.roles].sort()
    if (roles && roles.join() !== own.join() && !(shape in rolesOfOurs))
      problems.push(`asks for ${own.join(', ') || 'no role'}; described are ${roles.join(', ') || 'none'}`)
    return problems
  }

  async goodInput(operation: Operation): Promise<string[]> {
    const problems: string[] = []
    for (const form of this.#check && operation.schema
      ? (['own', 'described'] as const)
      : (['own'] as const)) {
      const sample = await this.#sample(operation, this.#newWorld(), form)
      const answer = await this.#run(operation, sample, await this.#credentialsFor(operation))
      if (answer.status >= 300 || answer.status < 200)
        problems.push(
          `${form} body: ${answer.status} ${JSON.stringify(answer.body)} for ${JSON.stringify(sample.body)}`,
        )
      else problems.push(...this.#conformance(operation, sample, answer), ...this.#facts(operation, answer))
    }
    return [...new Set(problems)]
  }

  #conformance(operation: Operation, sample: Sample, answer: Answer): string[] {
    const template = `/API/${operation.service}${operation.path}`
    const exchange: Exchange = {
      method: operation.method,
      path: this.#path(operation, { params: sample.params, query: {} }),
      query: sample.query,
      requestBody: operation.raw ? undefined : sample.body,
      status: answer.status,
      answerBody: answer.body,
    }
    return this.#check?.find(operation.method, template)
      ? this.#check.check(exchange).problems
      : lacksOfRecorded(`${operation.method} ${shapeOf(template)}`, exchange).map((key) => `lacks ${key}`)
  }

  async badInput(operation: Operation): Promise<string[]> {
    if (!isMethodWithBody(operation.method) || operation.raw) return []
    const problems: string[] = []
    const credentials = await this.#credentialsFor(operation)
    const world = this.#newWorld()
    const sample = await this.#sample(operation, world)
    const path = this.#path(operation, sample)
    const expect400 = async (what: string, body: string, key?: string) => {
      const answer = await this.#send(credentials, operation.method, path, body)
      if (answer.status !== 400) problems.push(`${what}: ${answer.status} instead of 400`)
      else if (!isErrorBody(answer)) problems.push(`${what}: no error body`)
      else if (key !== undefined && !Object.hasOwn(errorsOf(answer) as object, key))
        problems.push(`${what}: the error does not name ${key}: ${JSON.stringify(answer.body)}`)
    }
    for (const body of ['{"a":', '[1]', '"text"', 'null', '\u0000', '{"a":1}}'])
      await expect400(`body ${JSON.stringify(body)}`, body)
    const schema = this.#schemaOf(operation)
    if (!schema) return problems
    const full = sample.body ?? {}
    for (const key of schema.required ?? []) {
      const { [key]: _gone, ...rest } = full
      await expect400(`without ${key}`, JSON.stringify(rest), key)
    }
    if ((schema.required ?? []).length > 0) await expect400('an empty body', '{}')
    for (const { key, value } of wrongValues(schema))
      await expect400(`${key} of the wrong type`, JSON.stringify({ ...full, [key]: value }), key)
    const answer = await this.#run(
      operation,
      { ...sample, body: { ...full, nobody_knows_this: 1 } },
      credentials,
    )
    if (answer.status >= 300) problems.push(`an unknown key is not ignored: ${answer.status}`)
    if (JSON.stringify(answer.body)?.includes('nobody_knows_this')) problems.push('an unknown key is kept')
    return problems
  }

  async unknownIds(operation: Operation): Promise<string[]> {
    const problems: string[] = []
    const hint = hintOf(operation)
    const fits = new Set(hint.anyIdFits?.params)
    const credentials = await this.#credentialsFor(operation)
    for (const name of placeholders(operation.path)) {
      if (fits.has(name)) continue
      const sample = await this.#sample(operation, this.#newWorld())
      const answer = await this.#run(
        operation,
        { ...sample, params: { ...sample.params, [name]: unknownId } },
        credentials,
      )
      const isKind = [
        'object_type',
        'permission',
        'purpose',
        'method',
        'storage_method',
        'milliseconds',
      ].includes(name)
      if (isKind ? answer.status < 400 || answer.status >= 500 : answer.status !== 404)
        problems.push(`unknown ${name}: ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 200)}`)
      else if (!isErrorBody(answer)) problems.push(`unknown ${name}: no error body`)
    }
    return problems
  }

  async refusals(operation: Operation): Promise<string[]> {
    if (operation.access === 'public') return []
    const problems: string[] = []
    const sample = await this.#sample(operation, this.#newWorld())
    const expectStatus = async (what: string, credentials: Credentials, status: number, word = '') => {
      const answer = await this.#run(operation, sample, credentials)
      if (answer.status !== status)
        problems.push(
          `${what}: ${answer.status} instead of ${status} ${JSON.stringify(answer.body)?.slice(0, 200)}`,
        )
      else if (!isErrorBody(answer)) problems.push(`${what}: no error body`)
      else if (!JSON.stringify(answer.body).includes(word))
        problems.push(`${what}: the error does not name ${word}`)
    }
    await expectStatus('no credentials', {}, 401)
    await expectStatus('no token', { 'App-ID': this.#admin['App-ID'] ?? '' }, 401, 'Auth-Token')
    await expectStatus('no application', { 'Auth-Token': this.#admin['Auth-Token'] ?? '' }, 401, 'App-ID')
    await expectStatus('a wrong token', { ...this.#admin, 'Auth-Token': 'wrong' }, 401)
    await expectStatus('another application', { ...this.#admin, 'App-ID': unknownId }, 401)
    for (const role of operation.roles) {
      await this.#setRoles(roleNames.filter((name) => name !== role))
      await expectStatus(`without ${role}`, this.#stranger?.credentials ?? {}, 403, role)
    }
    await this.#setRoles([...roleNames])
    if (operation.access === 'admin')
      await expectStatus('not an administrator', this.#stranger?.credentials ?? {}, 403)
    // Whoever has every role and no right to an object gets nowhere with it.
    if (operation.access === 'account' && placeholders(operation.path).some((name) => guardedIds.has(name)))
      if (hintOf(operation).openToAll === undefined)
        await expectStatus('without rights', this.#stranger?.credentials ?? {}, 403)
    return problems
  }

  async #setRoles(roles: readonly string[]): Promise<void> {
    await this.#caller().must('PUT', `users/v1/groups/${this.#stranger?.groupId}/`, { roles })
  }

  async paging(operation: Operation): Promise<string[]> {
    const world = this.#newWorld()
    const hint = hintOf(operation)
    const sample = await this.#sample(operation, world)
    const first = await this.#run(operation, sample)
    const envelope = first.body as Json | null
    if (!Array.isArray(envelope?.['objects']) || !('next_url' in envelope)) return []
    const problems: string[] = []
    const sibling = operations.find(
      (other) =>
        other.method === 'POST' && other.path === operation.path && other.service === operation.service,
    )
    if (hint.more || sibling)
      for (let at = 0; at < 3; at += 1) {
        if (hint.more) await hint.more(world)
        else if (sibling) {
          const another = await this.#sample(sibling, world)
          const made = await this.#run(sibling, { ...another, params: sample.params })
          if (made.status >= 300) problems.push(`could not make another row: ${JSON.stringify(made.body)}`)
        }
      }
    const whole = (await this.#run(operation, { ...sample, query: { ...sample.query, per_page: '1000' } }))
      .body as Json
    const expected = (whole['objects'] as unknown[] | undefined)?.length ?? 0
    if (!Array.isArray(whole['objects'])) return [...problems, JSON.stringify(whole)]
    problems.push(
      ...this.#conformance(operation, sample, { status: 200, body: whole }),
      ...this.#facts(operation, { status: 200, body: whole }),
    )
    if (expected < 3 && !hint.fewRows) problems.push(`only ${expected} rows to page; give the list more`)
    const idOf = (row: Json) => JSON.stringify(row['id'] ?? row['name'] ?? row)
    const seen: string[] = []
    const perPage = Math.max(1, Math.ceil(expected / 5))
    for (
      let path = this.#path(operation, { ...sample, query: { ...sample.query, per_page: String(perPage) } }),
        pages = 0;
      path;
      pages += 1
    ) {
      if (!path.startsWith('/API/')) return [...problems, `next_url is ${path}`]
      if (pages > 50) return [...problems, 'the pages do not end']
      const page = (await this.#send(this.#admin, 'GET', path)).body as Json
      if (!Array.isArray(page['objects'])) return [...problems, `${path}: ${JSON.stringify(page)}`]
      if (page['objects'].length > perPage)
        problems.push(`${page['objects'].length} rows on a page of ${perPage}`)
      seen.push(...page['objects'].map(idOf))
      path = String(page['next_url'] ?? '')
    }
    if (seen.length !== expected || new Set(seen).size !== seen.length)
      problems.push(`${seen.length} rows by pages (${new Set(seen).size} different), ${expected} at once`)
    // Lists that are paged by number can be scrolled too.
    if ('page' in envelope) problems.push(...(await this.#scrolling(operation, sample, perPage, expected)))
    for (const bad of ['x', '-1', '1.5']) {
      const { status } = await this.#run(operation, { ...sample, query: { ...sample.query, per_page: bad } })
      if (status !== 400) problems.push(`per_page=${bad}: ${status} instead of 400`)
    }
    return problems
  }

  async #scrolling(
    operation: Operation,
    sample: Sample,
    perPage: number,
    expected: number,
  ): Promise<string[]> {
    let query: Record<string, string> = { ...sample.query, scroll: 'true', per_page: String(perPage) }
    let rows = 0
    for (let pages = 0; pages <= 50; pages += 1) {
      const page = (await this.#run(operation, { ...sample, query })).body as Json
      const objects = page['objects'] as unknown[] | undefined
      const scrollId: unknown = page['scroll_id']
      if (!objects || typeof scrollId !== 'string') return [`scroll: ${JSON.stringify(page).slice(0, 300)}`]
      rows += objects.length
      if (objects.length === 0)
        return rows === expected ? [] : [`${rows} rows by scrolling, ${expected} at once`]
      query = { ...sample.query, scroll_id: scrollId }
    }
    return ['a scroll does not end']
  }
}
