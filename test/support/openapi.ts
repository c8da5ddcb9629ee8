import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { Exchange } from '@main/adapters/iconik/http.ts'
import { lacksOfRecorded } from './conformance/recorded-facts.ts'

export interface Schema {
  $ref?: string
  type?: string
  properties?: Record<string, Schema>
  items?: Schema
  allOf?: Schema[]
  oneOf?: Schema[]
  anyOf?: Schema[]
  additionalProperties?: boolean | Schema
  required?: string[]
  enum?: unknown[]
  nullable?: boolean
  readOnly?: boolean
}
export interface DescribedOperation {
  description?: string
  parameters?: { in: string; name: string; schema?: Schema }[]
  requestBody?: { content?: Record<string, { schema?: Schema }> }
  responses?: Record<string, { content?: Record<string, { schema?: Schema }> }>
}
interface Service {
  components: { schemas: Record<string, Schema> }
  paths: Record<string, Record<string, DescribedOperation>>
  servers: { url: string }[]
}

interface Route {
  service: Service
  pattern: RegExp
  template: string
  params: number
  operations: Record<string, DescribedOperation>
}

/**
 * Keys that iconik's live service is known to use though its published description lacks them, by operation. Sources are
 * recorded requests and answers of public clients.
 */
const KNOWN_KEYS: { path: RegExp; keys: string[] }[] = [
  {
    path: /^\/API\/assets\/v1\/(assets|delete_queue|collections\/[^/]+\/contents)\//,
    keys: ['default_version_id', 'transcribe_status', 'transcribed_languages', 'permissions'],
  },
  {
    path: /\/files\/$|\/files\/[^/]+\/$/,
    keys: ['content_type', 'template', 'template_engine', 'progress_processed'],
  },
  { path: /\/file_sets\//, keys: ['type'] },
  // The list is paged, as its parameters say; its envelope is the usual one.
  { path: /\/multipart_url\/part\/$/, keys: ['page', 'pages', 'per_page', 'total'] },
  { path: /\/proxies\//, keys: ['proxy_container_id'] },
  { path: /^\/API\/auth\/v1\/apps\//, keys: ['type'] },
  { path: /\/keyframes\/$|\/mediainfo\/$/, keys: ['job_id'] },
  // A search document is the whole asset or collection, with what the index adds; the description names four keys of it.
  {
    path: /^\/API\/search\/v1\/search\/((saved|history)\/[^/]+\/)?$/,
    keys: (
      'analyze_status archive_status category custom_keyframe custom_poster date_deleted date_imported deleted_by_user ' +
      'external_link face_recognition_status has_unconfirmed_persons is_blocked site_name type status warning external_id ' +
      'is_online created_by_user updated_by_user versions default_version_id in_collections ancestor_collections media_type ' +
      'duration_milliseconds versions_number comments_count relations files proxies keyframes permissions _sort position ' +
      'custom_order_status keyframe_asset_ids storage_id parent_id is_root parents favoured date_viewed original_asset_id ' +
      'original_version_id original_segment_id time_start_milliseconds time_end_milliseconds person_ids'
    ).split(' '),
  },
]

/**
 * Places where the published description cannot be right, by operation and part. There the shape is not checked; the rest
 * of the call is.
 */
const MISDESCRIBED: { call: string; part: 'request' | 'answer'; because: string }[] = [
  {
    call: 'GET /API/files/v1/assets/{}/formats/{}/components/{}/',
    part: 'answer',
    because: 'one component is described as a page of components',
  },
  {
    call: 'PUT /API/files/v1/assets/{}/formats/{}/components/{}/',
    part: 'request',
    because: 'changes a component, yet no body is described',
  },
  {
    call: 'GET /API/files/v1/assets/{}/keyframes/{}/',
    part: 'answer',
    because: 'a keyframe is described as a file',
  },
  {
    call: 'POST /API/assets/v1/assets/{}/relations/{}/{}/',
    part: 'request',
    because: 'what the path says already is described as required in the body',
  },
  {
    call: 'POST /API/auth/v1/auth/simple/login/',
    part: 'answer',
    because: 'a token is required for domains that are still to be chosen from',
  },
]

export interface Findings {
  /** Deviations from the description. */
  problems: string[]
  /** Read-only keys that a request held: ignored by iconik, so only worth knowing. */
  readOnlySent: string[]
}

export interface FoundOperation {
  operation: DescribedOperation
  /** Of a JSON body; undefined where the operation takes none. */
  requestSchema: Schema | undefined
  /** Follows a reference. */
  resolve: (schema: Schema) => Schema
}

/** A path whose placeholders have no names, for comparing. */
export const shapeOf = (template: string): string => template.replace(/\{[^}]+\}/g, '{}').replace(/\/?$/, '/')

/** Checks requests and answers against iconik's published OpenAPI. */
export class OpenapiCheck {
  readonly #routes: Route[]
  readonly #validators = new Map<string, ValidateFunction>()

  constructor(folder: string) {
    this.#routes = readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => routesOf(JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Service))
      // A literal path wins over one with a placeholder in the same place.
      .sort((a, b) => a.params - b.params)
  }

  /** Every operation of the descriptions, but for the probes that each service answers about itself. */
  operations(): { method: string; template: string }[] {
    return this.#routes.flatMap(({ template, operations }) =>
      Object.keys(operations)
        .filter((method) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
        .map((method) => ({ method: method.toUpperCase(), template })),
    )
  }

  /** The description of one operation, by its path with placeholders of any name; undefined where there is none. */
  find(method: string, template: string): FoundOperation | undefined {
    const shape = shapeOf(template)
    const route = this.#routes.find(
      ({ template: own, operations }) => shapeOf(own) === shape && method.toLowerCase() in operations,
    )
    const operation = route?.operations[method.toLowerCase()]
    if (!route || !operation) return undefined
    const schema = requestSchema(operation)
    return {
      operation,
      requestSchema: schema,
      resolve: (part) => resolve(route.service, part),
    }
  }

  /** The roles that the description of an operation names, as a set in order; undefined where there is none. */
  rolesOf(method: string, template: string): string[] | undefined {
    const text = this.find(method, template)?.operation.description
    return text === undefined
      ? undefined
      : [...text.matchAll(/-\s*(can_\w+)/g)].map((match) => match[1] ?? '').sort()
  }

  /** @returns what does not agree; each line names the call */
  check(exchange: Exchange): Findings {
    const call = `${exchange.method} ${exchange.path}`
    const route = this.#routes.find(
      ({ pattern, operations }) => pattern.test(exchange.path) && exchange.method.toLowerCase() in operations,
    )
    const operation = route?.operations[exchange.method.toLowerCase()]
    if (!route || !operation) return { problems: [`${call}: no such operation`], readOnlySent: [] }
    const name = `${exchange.method} ${route.template}`
    return {
      problems: [
        ...this.#checkQuery(operation, exchange, name),
        ...this.#checkRequest(route, operation, exchange, name),
        ...this.#checkAnswer(route, operation, exchange, name),
      ],
      readOnlySent: readOnlyKeys(route.service, requestSchema(operation), exchange.requestBody).map(
        (key) => `${name}: ${key}`,
      ),
    }
  }

  #checkQuery(operation: DescribedOperation, { query }: Exchange, name: string): string[] {
    const known = new Set((operation.parameters ?? []).filter((p) => p.in === 'query').map((p) => p.name))
    return Object.keys(query)
      .filter((key) => !known.has(key))
      .map((key) => `${name}: the query parameter ${key} is not described`)
  }

  #checkRequest(route: Route, operation: DescribedOperation, exchange: Exchange, name: string): string[] {
    const schema = requestSchema(operation)
    const body = exchange.requestBody
    if (body === undefined || isMisdescribed(exchange.method, route, 'request')) return []
    if (schema === undefined)
      return Object.keys(body as object).length === 0 ? [] : [`${name}: takes no body`]
    const partial = exchange.method === 'PUT' || exchange.method === 'PATCH'
    const unknown = unknownKeys(route.service, schema, body, '', knownKeys(exchange.path))
    return [
      ...this.#validate(route, schema, body, `${name} request`, partial),
      ...unknown.map((key) => `${name} request: the key ${key} is not described`),
    ]
  }

  #checkAnswer(route: Route, operation: DescribedOperation, exchange: Exchange, name: string): string[] {
    const { status, answerBody } = exchange
    if (status >= 400) return checkErrorBody(exchange, name)
    const lacks = lacksOfRecorded(`${exchange.method} ${shapeOf(route.template)}`, exchange).map(
      (key) => `${name} ${status}: lacks ${key}, which was recorded of the live service`,
    )
    lacks.push(...oddDates(answerBody).map((date) => `${name} ${status}: ${date}`))
    if (answerBody === null || isMisdescribed(exchange.method, route, 'answer')) return lacks
    const described = operation.responses ?? {}
    // The description and the live service disagree about some 2xx codes; the body is the same.
    const success = Object.keys(described).find((code) => code.startsWith('2') && described[code]?.content)
    const schema = (described[String(status)] ?? described[success ?? ''])?.content?.['application/json']
      ?.schema
    const texts = Object.keys(described[success ?? '']?.content ?? {}).some((type) =>
      type.startsWith('text/'),
    )
    if (typeof answerBody !== 'object')
      return schema?.type === 'string' || texts ? [] : [`${name} answer: is no JSON`]
    if (schema === undefined) return lacks
    const unknown = unknownKeys(route.service, schema, answerBody, '', knownKeys(exchange.path))
    return [
      ...this.#validate(route, schema, answerBody, `${name} ${status}`, false),
      ...unknown.map((key) => `${name} ${status}: the key ${key} is not described`),
      ...lacks,
    ]
  }

  #validate(route: Route, schema: Schema, value: unknown, name: string, partial: boolean): string[] {
    const key = `${name}${partial}`
    let validate = this.#validators.get(key)
    if (!validate) {
      validate = newAjv().compile(selfContained(route.service, schema, partial))
      this.#validators.set(key, validate)
    }
    if (validate(value)) return []
    const errors = (validate.errors ?? [])
      // The live service answers null for what is not set (recorded answers show it), whatever its description says.
      .filter((error) => partial || name.endsWith(' request') || valueAt(value, error.instancePath) !== null)
      .map((error) => `${name}: ${error.instancePath.replace(/\/\d+/g, '[]') || '/'} ${errorText(error)}`)
    return [...new Set(errors)]
  }
}

const isMisdescribed = (method: string, { template }: Route, part: 'request' | 'answer') =>
  MISDESCRIBED.some((entry) => entry.call === `${method} ${shapeOf(template)}` && entry.part === part)

const valueAt = (value: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (at, key) => (at as Record<string, unknown> | null)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')],
      value,
    )

const errorText = ({ message, params }: ErrorObject) => `${message ?? ''} ${JSON.stringify(params)}`

function newAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, logger: false })
  ;(addFormats as unknown as (ajv: Ajv) => void)(ajv)
  // Of the description's own making; they say nothing that the type does not.
  for (const format of ['url', 'bool', 'int64', 'int32', 'float', 'uuid']) ajv.addFormat(format, true)
  return ajv
}

function routesOf(service: Service): Route[] {
  const base = service.servers[0]?.url.replace(/\/$/, '') ?? ''
  return Object.entries(service.paths).map(([template, operations]) => {
    const source = template.replace(/[.+?^$()|[\]\\]/g, String.raw`\$&`).replace(/\{[^}]+\}/g, '[^/]+')
    return {
      service,
      template: `${base}${template}`,
      pattern: new RegExp(`^${base}${source.replace(/\/$/, '')}/?$`),
      params: template.split('{').length - 1,
      operations,
    }
  })
}

const requestSchema = (operation: DescribedOperation) =>
  operation.requestBody?.content?.['application/json']?.schema
const knownKeys = (callPath: string) =>
  new Set(KNOWN_KEYS.filter(({ path }) => path.test(callPath)).flatMap(({ keys }) => keys))

function resolve(service: Service, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : (service.components.schemas[name] ?? {})
}

/** The schema with everything that it refers to, made fit for JSON Schema. */
function selfContained(service: Service, schema: Schema, partial: boolean): object {
  const convert = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(convert)
    if (typeof node !== 'object' || node === null) return node
    const copy: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(node)) {
      // In a partial body nothing is required. A property may itself be called "required".
      if (key === 'required' && Array.isArray(value) && partial) continue
      copy[key] = convert(value)
    }
    if (copy['nullable'] === true && Array.isArray(copy['enum'])) copy['enum'] = [...copy['enum'], null]
    if (copy['nullable'] === true && copy['type'] === undefined) delete copy['nullable']
    return copy
  }
  return {
    ...(convert(schema) as object),
    components: { schemas: convert(service.components.schemas) },
  }
}

/** Keys of a value that its schema does not know, at any depth. */
function unknownKeys(
  service: Service,
  schema: Schema | undefined,
  value: unknown,
  at: string,
  known: ReadonlySet<string>,
): string[] {
  if (schema === undefined || typeof value !== 'object' || value === null) return []
  const resolved = resolve(service, schema)
  if (Array.isArray(value))
    return [...new Set(value.flatMap((item) => unknownKeys(service, resolved.items, item, `${at}[]`, known)))]
  const options = [...(resolved.allOf ?? []), ...(resolved.oneOf ?? []), ...(resolved.anyOf ?? [])]
  const properties = Object.assign(
    {},
    resolved.properties,
    ...options.map((option) => resolve(service, option).properties),
  ) as Record<string, Schema>
  if (Object.keys(properties).length === 0) return []
  const others = resolved.additionalProperties
  return Object.entries(value).flatMap(([key, item]) => {
    const property = properties[key]
    if (property === undefined) return others || known.has(key) ? [] : [`${at}.${key}`]
    return unknownKeys(service, property, item, `${at}.${key}`, known)
  })
}

/** What a client put in: iconik hands it back as it came. */
const ofTheClient = new Set(['metadata', 'metadata_values', 'settings', 'criteria', 'job_context'])
const isDateKey = (key: string) => /^(date_(?!format)|last_web_|last_scanned$)|_at$|^expires$/.test(key)

/** Dates that are not written as the live service writes them: UTC, microseconds, offset. */
function oddDates(value: unknown, key = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => oddDates(item, key)))]
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, item]) =>
      ofTheClient.has(name) ? [] : oddDates(item, name),
    )
  if (!isDateKey(key) || typeof value !== 'string') return []
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/.test(value)
    ? []
    : [`${key} is no date as iconik writes it: ${value}`]
}

function readOnlyKeys(service: Service, schema: Schema | undefined, body: unknown): string[] {
  if (schema === undefined || typeof body !== 'object' || body === null) return []
  const { properties = {} } = resolve(service, schema)
  return Object.keys(body).filter((key) => properties[key]?.readOnly === true)
}

function checkErrorBody({ answerBody, status }: Exchange, name: string): string[] {
  const errors = (answerBody as { errors?: unknown } | null)?.errors
  return typeof errors === 'object' && errors !== null ? [] : [`${name} ${status}: no "errors" in the answer`]
}

/** The check, where iconik's description is there (FERRY_OPENAPI, else beside the project); else null, with the reason printed. */
export function openapiCheck(): OpenapiCheck | null {
  const folder =
    process.env['FERRY_OPENAPI'] ?? fileURLToPath(new URL('../../../shared/iconik/openapi', import.meta.url))
  if (existsSync(folder)) return new OpenapiCheck(folder)
  console.log(`Conformance is not checked: ${folder} is not there (FERRY_OPENAPI names another folder).`)
  return null
}
