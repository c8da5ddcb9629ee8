import type { Operation } from '@main/workspace/http/operation.ts'
import { unique, type SampleWorld } from './sample-world.ts'

type Json = Record<string, any> // eslint-disable-line typescript/no-explicit-any
type Value = (world: SampleWorld) => string | Promise<string>

/** What the walk cannot know of an operation from its declaration. */
export interface Hint {
  /** Brings the world into the state that the operation needs. */
  prepare?: (world: SampleWorld) => Promise<unknown>
  params?: Record<string, Value>
  query?: (world: SampleWorld) => Promise<Record<string, string>> | Record<string, string>
  headers?: (world: SampleWorld) => Promise<Record<string, string>>
  /** Put over the generated body. */
  body?: (world: SampleWorld) => Promise<Json> | Json
  /** Keys that do not go together with the rest of a full body. */
  omit?: string[]
  /** Path parameters for which an unknown value is no error, and why. */
  anyIdFits?: { params: string[]; because: string }
  /** Not refused to somebody without rights to the object, and why. */
  openToAll?: string
  /** Called with credentials of its own, as it spoils the caller's. */
  ownCredentials?: boolean
  /** For lists: makes one more row. Without it the sibling POST of the same path is called. */
  more?: (world: SampleWorld) => Promise<unknown>
  /** For lists that have a fixed number of rows here, and why. */
  fewRows?: string
}

export const keyOf = ({ method, service, path }: Pick<Operation, 'method' | 'service' | 'path'>): string =>
  `${method} /API/${service}${path}`

const id =
  (make: (world: SampleWorld) => Promise<Json>, key = 'id'): Value =>
  async (world) =>
    String((await make(world))[key])

/** Placeholders of paths. Where one name means several things, the last entry whose start fits decides. */
const placeholders: [start: string, values: Record<string, Value>][] = [
  [
    '',
    {
      asset_id: id((world) => world.asset()),
      related_to_asset_id: id((world) => world.otherAsset()),
      source_asset_id: id((world) => world.otherAsset()),
      collection_id: id((world) => world.collection()),
      format_id: id((world) => world.format()),
      component_id: async (world) => String((await world.format())['components'][0].id),
      file_set_id: id((world) => world.fileSet()),
      file_id: id((world) => world.file()),
      proxy_id: id((world) => world.proxy()),
      keyframe_id: id((world) => world.keyframe()),
      poster_id: id((world) => world.keyframe()),
      version_id: id((world) => world.firstVersion()),
      source_version_id: id((world) => world.firstVersion()),
      segment_id: id((world) => world.segment()),
      history_entity_id: id((world) => world.history()),
      relation_type: id((world) => world.relationType(), 'name'),
      job_id: id((world) => world.job()),
      job_step_id: () => 'one',
      storage_id: id((world) => world.storage()),
      view_id: id((world) => world.view()),
      field_name: id((world) => world.field(), 'name'),
      name: id((world) => world.category(), 'name'),
      object_type: () => 'assets',
      object_id: id((world) => world.asset()),
      object_key: id((world) => world.asset()),
      permission: () => 'read',
      purpose: () => 'FILES',
      method: () => 'S3',
      storage_method: () => 'S3',
      checksum: async (world) => String((await world.file())['checksum']),
      milliseconds: () => '0',
      search_id: id((world) => world.savedSearch()),
      search_history_id: id((world) => world.searchHistory()),
      user_id: id((world) => world.user()),
      group_id: id((world) => world.group()),
      app_id: id((world) => world.app()),
      token_id: id((world) => world.token()),
      template_id: id((world) => world.template()),
      system_domain_id: (world) => world.domainId(),
      role: () => 'can_read_assets',
    },
  ],
  ['search/v1/search/saved/groups/', { group_id: id((world) => world.savedSearchGroup()) }],
  ['search/v1/search/saved/group/', { group_id: id((world) => world.savedSearchGroup()) }],
  [
    'metadata/v1/assets/{asset_id}/{object_type}/',
    { object_type: () => 'segments', object_id: id((world) => world.segment()) },
  ],
]

/** @throws Error naming a placeholder that nobody knows a value for */
export async function paramOf(operation: Operation, name: string, world: SampleWorld): Promise<string> {
  const hint = hintOf(operation).params?.[name]
  if (hint) return hint(world)
  const place = `${operation.service}${operation.path}`
  const value = placeholders.findLast(([start, values]) => place.startsWith(start) && values[name])?.[1][name]
  if (!value) throw new Error(`No sample for {${name}} of ${keyOf(operation)}; add one to operation-hints.ts`)
  return value(world)
}

const assets = '/API/assets/v1/assets/{asset_id}/'
const collection = '/API/assets/v1/collections/{collection_id}/'
const asset = '/API/files/v1/assets/{asset_id}/'
const file = `${asset}files/{file_id}/`
const metadata = '/API/metadata/v1/'
const saved = '/API/search/v1/search/saved/'
const relations = `${assets}relations/`

const spoilsCredentials: Hint = { ownCredentials: true }
const withClosedFile: Hint = { prepare: (world) => world.closedFile() }
const withMember: Hint = { prepare: (world) => world.member() }
const withRelation: Hint = { prepare: (world) => world.relation() }
const uploadId = async (world: SampleWorld) => ({ upload_id: String((await world.multipart())['id']) })
const proxyUploadId = async (world: SampleWorld) => ({
  upload_id: String((await world.proxyMultipart())['id']),
})
const on = (method: string, hint: Hint = {}): Hint => ({
  ...hint,
  prepare: async (world) => {
    world.storageMethod = method
    await world.file()
  },
})
const values = async (world: SampleWorld) => ({
  metadata_values: { [String((await world.field())['name'])]: { field_values: [{ value: 'y' }] } },
})
const grant = (kind: 'users' | 'groups') => async (world: SampleWorld) => {
  const who = kind === 'users' ? await world.user() : await world.group()
  await world.must('PUT', `acls/v1/${kind}/${who['id']}/acl/assets/${(await world.asset())['id']}/`, {
    permissions: ['read'],
  })
}
const readPermission = { body: () => ({ permissions: ['read'] }) }
const criteria = {
  doc_types: ['assets'],
  query: 'sample',
  filter: { operator: 'AND', terms: [{ name: 'title', value: 'sample' }] },
  facets: ['media_type'],
  facets_filters: [{ name: 'media_type', value_in: ['video'] }],
  sort: [{ name: 'title', order: 'asc' }],
  search_fields: ['title'],
  include_fields: ['title'],
  exclude_fields: ['files'],
  search_after: [],
}
const savedBody: Hint = { body: () => ({ criteria }), omit: ['permissions'] }
const path = async (world: SampleWorld) => `files/v1/assets/${(await world.asset())['id']}/`
const moreFiles = async (world: SampleWorld) =>
  world.must('POST', `${await path(world)}files/`, {
    original_name: unique('clip'),
    directory_path: '',
    type: 'FILE',
    checksum: (await world.file())['checksum'],
    file_set_id: (await world.fileSet())['id'],
  })
const moreSets = async (world: SampleWorld) =>
  world.must('POST', `${await path(world)}file_sets/`, {
    name: unique('set'),
    format_id: (await world.format())['id'],
    base_dir: '',
    component_ids: [],
    storage_id: (await world.storage())['id'],
  })
const moreOf = (kind: string, body: Json) => async (world: SampleWorld) =>
  world.must('POST', `${await path(world)}${kind}/`, { name: unique('row'), ...body })
const moreTrash = (kind: 'assets' | 'collections') => async (world: SampleWorld) => {
  const { id: made } = await world.must('POST', `assets/v1/${kind}/`, { title: unique('trash') })
  return world.must('DELETE', `assets/v1/${kind}/${made}/`)
}
const drawing = {
  drawing: {
    primitives: [
      {
        type: 'LINE',
        points: [
          { x: 1, y: 2 },
          { x: 3, y: 4 },
        ],
      },
    ],
  },
}
const segmentBody: Hint = {
  body: () => drawing,
  omit: ['parent_id', 'share_user_email', 'transcription', 'face_bounding_boxes'],
}
const segmentTypes = { body: () => ({ include_segment_types: ['COMMENT'] }) }
const storageBody: Hint = {
  body: (world) => ({
    method: 'S3',
    purpose: 'EXPORTS',
    name: unique('storage'),
    settings: { bucket: 'b', region: 'r', endpoint: 'e', path: '', ...(world && {}) },
  }),
}
const spareStorage: Hint = { params: { storage_id: id((world) => world.spareStorage()) } }
const toOtherStorage: Hint = { params: { storage_id: id((world) => world.otherStorage()) } }
const login = () => ({ email: 'walker@example.com', password: 'correct horse' })
const secondStep: Hint = {
  body: async (world) => ({
    email: login().email,
    system_domain_id: (await world.firstStep(login()))['auth_system_domains'][0].system_domain_id,
  }),
  headers: async (world) => ({ 'temp-auth-token': String((await world.firstStep(login()))['token']) }),
}
const emptySearch = 'the history of one person grows by what they look for; the row is made by looking'

export const hints: Record<string, Hint> = {
  'GET /API/acls/v1/acl/{object_type}/{object_key}/permissions/': {
    openToAll: 'tells the caller what they may; nothing is an answer',
  },

  'GET /API/auth/v1/auth/token/': spoilsCredentials,
  'POST /API/auth/v1/auth/token/': spoilsCredentials,
  'PUT /API/auth/v1/auth/token/': spoilsCredentials,
  'DELETE /API/auth/v1/auth/token/': spoilsCredentials,
  'POST /API/auth/v1/auth/simple/login/': { body: login },
  'POST /API/auth/v1/auth/multidomain/login/': secondStep,
  'POST /API/auth/v1/auth/otp/generate/': secondStep,
  'POST /API/auth/v1/apps/external/auth/': {
    body: async (world) => ({ secret: unique('a secret of sixteen'), app_id: (await world.app())['id'] }),
  },
  'GET /API/auth/v1/apps/external/auth/{secret}/': {
    params: {
      secret: async (world) => {
        const secret = unique('a secret of sixteen')
        await world.must('POST', 'auth/v1/apps/external/auth/', { secret })
        return secret
      },
    },
  },
  'POST /API/auth/v1/apps/instance/': {
    body: async (world) => ({ app_id: (await world.app())['id'], id: (await world.user())['id'] }),
  },
  ...Object.fromEntries(
    ['GET', 'DELETE'].map((method): [string, Hint] => [
      `${method} /API/auth/v1/apps/instance/{approved_instance_id}/`,
      {
        params: {
          approved_instance_id: async (world) => {
            const instance = { app_id: (await world.app())['id'], id: (await world.user())['id'] }
            await world.must('POST', 'auth/v1/apps/instance/', instance)
            return String(instance.id)
          },
        },
      },
    ]),
  ),
  'PUT /API/users/v1/users/current/': { ...spoilsCredentials, omit: ['status', 'is_admin', 'type'] },
  'PUT /API/assets/v1/assets/': {
    body: async (world) => ({ objects: [{ id: (await world.asset())['id'], title: 'changed' }] }),
  },
  [`DELETE ${collection}contents/{object_type}/{object_id}/`]: withMember,
  [`POST ${collection}contents/{object_type}/{object_id}/reindex/`]: withMember,
  [`PUT ${collection}contents/{object_type}/{object_id}/`]: {
    prepare: async (world) => {
      await world.member()
      await world.must(
        'POST',
        `assets/v1/collections/${(await world.collection())['id']}/contents/ordering/custom/`,
      )
    },
    body: () => ({ position: 0 }),
    omit: ['after_object_id', 'before_object_id'],
  },
  [`GET ${collection}contents/`]: {
    more: async (world) => {
      const made = await world.must('POST', 'assets/v1/assets/', { title: unique('member') })
      return world.must('POST', `assets/v1/collections/${(await world.collection())['id']}/contents/`, {
        object_id: made['id'],
        object_type: 'assets',
      })
    },
  },
  [`POST ${collection}subcollections/`]: {
    body: async (world) => ({
      object_type: 'collections',
      object_id: (await world.otherCollection())['id'],
    }),
  },
  [`GET ${asset}files/`]: { more: moreFiles },
  [`GET ${asset}versions/{version_id}/files/`]: { more: moreFiles },
  [`GET ${asset}file_sets/{file_set_id}/files/`]: { more: moreFiles },
  'GET /API/files/v1/file_sets/{file_set_id}/files/': { more: moreFiles },
  'GET /API/files/v1/files/checksum/{checksum}/': {
    more: moreFiles,
    anyIdFits: { params: ['checksum'], because: 'no file with this sum is an answer, not an error' },
  },
  [`GET ${asset}versions/{version_id}/file_sets/`]: { more: moreSets },
  [`GET ${asset}formats/{format_id}/file_sets/`]: { more: moreSets },
  [`GET ${asset}formats/{format_id}/storages/{storage_id}/file_sets/`]: { more: moreSets },
  [`GET ${asset}versions/{version_id}/formats/`]: { more: moreOf('formats', {}) },
  [`GET ${asset}versions/{version_id}/proxies/`]: { more: moreOf('proxies', {}) },
  [`GET ${asset}versions/{version_id}/keyframes/`]: { more: moreOf('keyframes', { type: 'POSTER' }) },
  [`POST ${asset}file_sets/`]: { omit: ['archive_file_set_id'] },
  [`PUT ${asset}file_sets/{file_set_id}/`]: { omit: ['archive_file_set_id'] },
  [`GET ${file}download_url/`]: withClosedFile,
  [`POST ${file}keyframes/`]: withClosedFile,
  [`POST ${file}mediainfo/`]: withClosedFile,
  [`POST ${file}capture/{milliseconds}/`]: withClosedFile,
  [`GET ${asset}proxies/{proxy_id}/download_url/`]: { prepare: (world) => world.closedProxy() },
  [`GET ${file}multipart_url/part/`]: { query: uploadId },
  [`POST ${file}multipart_url/part/`]: { query: uploadId },
  [`GET ${file}multipart_url/`]: { query: uploadId },
  [`POST ${file}multipart_url/s3/part/`]: {
    body: async (world) => ({ ...(await uploadId(world)), parts: [{ part_number: 1 }] }),
  },
  [`POST ${file}multipart/cleanup/`]: {
    body: async (world) => ({ ...(await uploadId(world)), abort_upload: true }),
  },
  [`GET ${asset}proxies/{proxy_id}/multipart_url/part/`]: { query: proxyUploadId },
  [`GET ${asset}proxies/{proxy_id}/multipart_url/`]: { query: proxyUploadId },
  [`POST ${asset}proxies/{proxy_id}/multipart/cleanup/`]: {
    body: async (world) => ({ ...(await proxyUploadId(world)), abort_upload: true }),
  },
  [`POST ${file}multipart/gcs/compose_url/`]: on('GCS'),
  [`POST ${file}multipart/`]: {
    prepare: async (world) => {
      world.storageMethod = 'GCS'
      await world.composedFile()
    },
    body: () => ({ parts_range: ['1'], parts_group: null }),
  },
  [`POST ${file}multipart/b2/start/`]: on('B2', {
    body: async (world) => ({ upload_file_id: (await world.b2Upload())['upload_file_id'] }),
  }),
  [`POST ${file}multipart/b2/finish/`]: on('B2', {
    body: async (world) => {
      const { upload_file_id, sha1 } = await world.b2Part()
      return { upload_file_id, sha1_list: [sha1] }
    },
  }),
  [`POST ${file}multipart/b2/cancel/`]: on('B2', {
    body: async (world) => ({ upload_file_id: (await world.b2Upload())['upload_file_id'] }),
  }),
  'POST /API/files/v1/files/upload/': {
    body: async (world) => ({ file_name: 'clip.mov', storage_id: (await world.storage())['id'] }),
  },
  'GET /API/users/v1/users/{user_id}/roles/{role}/': {
    prepare: async (world) => {
      const group = await world.must('POST', 'users/v1/groups/', {
        name: unique('readers'),
        roles: ['can_read_assets'],
      })
      await world.must('POST', `users/v1/groups/${group['id']}/users/${(await world.user())['id']}/`)
    },
  },
  'POST /API/files/v1/file_sets/{file_set_id}/storages/{storage_id}/': toOtherStorage,
  'POST /API/files/v2/file_sets/{file_set_id}/storages/{storage_id}/': toOtherStorage,
  'POST /API/files/v1/formats/{format_id}/storages/{storage_id}/': {
    ...toOtherStorage,
    prepare: (world) => world.closedFile(),
  },
  'POST /API/files/v1/storages/{storage_id}/bulk/': toOtherStorage,
  'POST /API/files/v1/storages/{storage_id}/files/{file_id}/reindex/': {
    params: { file_id: id((world) => world.storageFile()) },
  },
  'DELETE /API/files/v1/storages/{storage_id}/files/': {
    query: async (world) => ({ id: String((await world.storageFile())['id']) }),
  },
  'GET /API/files/v1/delete_queue/file_sets/': {
    more: async (world) => {
      const set = await moreSets(world)
      return world.must('DELETE', `${await path(world)}file_sets/${set['id']}/`)
    },
  },
  'GET /API/files/v1/delete_queue/formats/': {
    more: async (world) => {
      const format = await moreOf('formats', {})(world)
      return world.must('DELETE', `${await path(world)}formats/${format['id']}/`)
    },
  },
  [`PUT ${assets}segments/bulk/`]: {
    body: async (world) => ({
      objects: [{ id: (await world.segment())['id'], segment_type: 'COMMENT', segment_text: 'changed' }],
    }),
  },
  'PATCH /API/jobs/v1/jobs/': { query: async (world) => ({ ids: String((await world.job())['id']) }) },
  'POST /API/jobs/v1/jobs/': { omit: ['parent_id'] },
  'PUT /API/jobs/v1/jobs/{job_id}/': { omit: ['parent_id'] },
  'POST /API/metadata/v1/fields/': { omit: ['source_url'], body: () => ({ field_type: 'drop_down' }) },
  'PUT /API/metadata/v1/fields/{field_name}/': {
    omit: ['source_url'],
    body: () => ({ field_type: 'string' }),
  },
  'POST /API/metadata/v1/views/': {
    body: async (world) => ({ view_fields: [{ name: (await world.field())['name'], label: 'In the view' }] }),
  },
  'PUT /API/metadata/v1/views/{view_id}/': {
    body: async (world) => ({ view_fields: [{ name: (await world.field())['name'], required: true }] }),
  },
  [`GET ${metadata}{object_type}/{object_id}/views/{view_id}/`]: {
    prepare: (world) => world.values('assets'),
  },
  [`PUT ${metadata}{object_type}/{object_id}/views/{view_id}/`]: { body: values },
  [`GET ${metadata}assets/{asset_id}/{object_type}/{object_id}/views/{view_id}/`]: {
    prepare: (world) => world.values('segments'),
  },
  [`GET ${metadata}assets/{asset_id}/{object_type}/{object_id}/versions/{version_id}/views/{view_id}/`]: {
    prepare: (world) => world.values('segments'),
  },
  [`PUT ${metadata}assets/{asset_id}/{object_type}/{object_id}/views/{view_id}/`]: { body: values },
  [`GET ${metadata}assets/{asset_id}/versions/{version_id}/views/{view_id}/`]: {
    prepare: (world) => world.values('assets'),
  },
  [`GET ${metadata}{object_type}/{object_id}/`]: { prepare: (world) => world.values('assets') },
  [`PUT ${metadata}{object_type}/{object_id}/`]: {
    body: values,
    anyIdFits: { params: ['object_id'], because: 'iconik does not look whether the object exists' },
  },
  [`PUT ${metadata}{object_type}/views/{view_id}/`]: { body: values },
  [`POST ${metadata}{object_type}/views/{view_id}/`]: {
    body: async (world) => ({
      metadata_values_object_id_mapping: [{ id: (await world.asset())['id'], ...(await values(world)) }],
    }),
  },
  [`PUT ${metadata}{object_type}/content/views/{view_id}/`]: {
    params: { object_type: () => 'collections' },
    body: async (world) => ({
      ...(await values(world)),
      object_ids: [(await world.collection())['id']],
      include_assets: true,
      include_collections: false,
    }),
  },
  'POST /API/search/v1/search/': { body: () => criteria },
  'POST /API/search/v1/search/suggest/': { body: () => ({ field_name: 'title', doc_types: ['assets'] }) },
  [`DELETE ${saved}group/{group_id}/search/{search_id}/`]: {
    prepare: async (world) =>
      world.must(
        'POST',
        `search/v1/search/saved/group/${(await world.savedSearchGroup())['id']}/search/${(await world.savedSearch())['id']}/`,
      ),
  },
  [`POST ${saved}`]: savedBody,
  [`PUT ${saved}{search_id}/`]: savedBody,
  [`GET ${saved}{search_id}/`]: { fewRows: 'its rows are what the search finds' },
  [`GET ${saved}groups/`]: {
    more: (world) => world.must('POST', 'search/v1/search/saved/group/', { name: unique('group') }),
  },
  'GET /API/search/v1/search/history/': {
    more: (world) => world.must('POST', 'search/v1/search/', { query: unique('word') }),
  },
  'GET /API/search/v1/search/history/{search_history_id}/': { fewRows: emptySearch },
  'POST /API/files/v1/storages/': storageBody,
  'GET /API/files/v1/storages/': storageBody,
  'PUT /API/files/v1/storages/{storage_id}/': { ...storageBody, ...spareStorage },
  'DELETE /API/files/v1/storages/{storage_id}/': spareStorage,
  'POST /API/files/v1/storages/{storage_id}/default/': spareStorage,
  'DELETE /API/files/v1/storages/{storage_id}/default/': spareStorage,
  'PUT /API/files/v1/storages/{storage_id}/files/': {
    body: async (world) => {
      const { directory_path, original_name } = await world.storageFile()
      return { directory_path, original_name }
    },
  },
  'GET /API/assets/v1/delete_queue/assets/': { more: moreTrash('assets') },
  'GET /API/assets/v1/delete_queue/collections/': { more: moreTrash('collections') },
  'PUT /API/acls/v1/acl/{object_type}/': readPermission,
  'PUT /API/acls/v1/acl/{object_type}/content/': {
    params: { object_type: () => 'collections' },
    body: async (world) => ({ permissions: ['read'], object_ids: [(await world.collection())['id']] }),
  },
  'PUT /API/acls/v1/acl/{object_type}/bulk/': {
    body: async (world) => ({
      objects: [
        {
          object_keys: [(await world.asset())['id']],
          user_ids: [(await world.user())['id']],
          permissions: ['read'],
        },
      ],
    }),
  },
  'DELETE /API/acls/v1/acl/{object_type}/content/': {
    params: { object_type: () => 'collections' },
    body: async (world) => ({ object_ids: [(await world.collection())['id']] }),
  },
  'POST /API/acls/v1/acl/': {
    body: async (world) => ({
      objects: [{ object_type: 'assets', object_keys: [(await world.asset())['id']], permissions: ['read'] }],
    }),
  },
  ...Object.fromEntries(
    (['users', 'groups'] as const).flatMap((kind) => {
      const one = `/API/acls/v1/${kind}/{${kind.slice(0, -1)}_id}/acl/{object_type}/{object_key}/`
      return [
        [`GET ${one}`, { prepare: grant(kind) }],
        [`PUT ${one}`, readPermission],
        [`GET ${one}{permission}/`, { prepare: grant(kind) }],
      ]
    }),
  ),
  [`POST ${relations}`]: { body: async (world) => ({ relation_type: (await world.relationType())['name'] }) },
  [`GET ${relations}`]: {
    more: async (world) => {
      const other = await world.must('POST', 'assets/v1/assets/', { title: unique('related') })
      return world.must('POST', `assets/v1/assets/${(await world.asset())['id']}/relations/`, {
        relation_type: (await world.relationType())['name'],
        related_to_asset_id: other['id'],
      })
    },
  },
  [`POST ${relations}{relation_type}/{related_to_asset_id}/reverse/`]: withRelation,
  [`DELETE ${relations}{relation_type}/{related_to_asset_id}/`]: withRelation,
  [`POST ${assets}segments/`]: segmentBody,
  [`PUT ${assets}segments/{segment_id}/`]: segmentBody,
  [`POST ${assets}segments/bulk/`]: {
    body: () => ({ objects: [{ segment_type: 'COMMENT', segment_text: 'x', ...drawing }] }),
  },
  [`POST ${assets}versions/`]: segmentTypes,
  [`POST ${assets}versions/from/assets/{source_asset_id}/`]: segmentTypes,
  [`POST ${assets}versions/from/versions/{source_version_id}/`]: segmentTypes,
  [`DELETE ${assets}versions/{version_id}/`]: { prepare: (world) => world.version() },
}
hints[`GET ${relations}{relation_type}/`] = hints[`GET ${relations}`] ?? {}

/** PATCH is as PUT where nothing else is said. */
export function hintOf(operation: Operation): Hint {
  const key = keyOf(operation)
  return hints[key] ?? (operation.method === 'PATCH' ? hints[key.replace('PATCH', 'PUT')] : undefined) ?? {}
}
