import { createHash } from 'node:crypto'
import { v1 } from 'uuid'

type Json = Record<string, any> // eslint-disable-line typescript/no-explicit-any

export interface Caller {
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>
  /** The body of a call that must succeed. */
  must(method: string, path: string, body?: unknown): Promise<Json>
}

let made = 0
/** A name that no other object has. */
export const unique = (stem: string): string => `${stem}-${(made += 1)}`

/** Of the form of an id, yet of nothing. */
export const unknownId = '0c0ffee0-dead-11ee-8000-00c0ffee0000'

/**
 * Objects for one operation to work on, made through the service when they are asked for, each once. Everything belongs
 * together: the file is of the file set, the file set of the format, the format of the asset.
 */
export class SampleWorld {
  readonly #calls: Caller
  #objects = new Map<string, Promise<Json>>()
  /** Method of the storage that takes the file. */
  storageMethod = 'S3'

  constructor(calls: Caller) {
    this.#calls = calls
  }

  must(method: string, path: string, body?: unknown): Promise<Json> {
    return this.#calls.must(method, path, body)
  }

  #once(name: string, make: () => Promise<Json>): Promise<Json> {
    let object = this.#objects.get(name)
    if (!object) this.#objects.set(name, (object = make()))
    return object
  }

  asset = () =>
    this.#once('asset', () =>
      this.must('POST', 'assets/v1/assets/', { title: unique('asset'), type: 'ASSET' }),
    )
  otherAsset = () =>
    this.#once('other', () =>
      this.must('POST', 'assets/v1/assets/', { title: unique('other'), type: 'ASSET' }),
    )
  collection = () =>
    this.#once('collection', () =>
      this.must('POST', 'assets/v1/collections/', { title: unique('collection') }),
    )
  otherCollection = () =>
    this.#once('otherCollection', () =>
      this.must('POST', 'assets/v1/collections/', { title: unique('collection') }),
    )
  /** The asset, as a member of the collection. */
  member = () =>
    this.#once('member', async () => {
      const { id } = await this.asset()
      await this.must('POST', `assets/v1/collections/${(await this.collection()).id}/contents/`, {
        object_id: id,
        object_type: 'assets',
      })
      return { id }
    })
  storage = () =>
    this.#once('storage', () =>
      this.must('GET', `files/v1/storages/matching/FILES/method/${this.storageMethod}/`),
    )
  otherStorage = () =>
    this.#once('otherStorage', () => this.must('GET', 'files/v1/storages/matching/FILES/method/GCS/'))
  /** A storage that nothing depends on. */
  spareStorage = () =>
    this.#once('spareStorage', () =>
      this.must('POST', 'files/v1/storages/', {
        name: unique('storage'),
        method: 'S3',
        purpose: 'FILES',
        settings: { bucket: 'b', region: 'r', endpoint: 'e', path: '' },
      }),
    )
  /** A file that the storage knows and no asset has. */
  storageFile = () =>
    this.#once('storageFile', async () =>
      this.must('POST', `files/v1/storages/${(await this.storage())['id']}/files/`, {
        original_name: unique('loose'),
        directory_path: 'loose',
        type: 'FILE',
      }),
    )
  format = () =>
    this.#once('format', async () =>
      this.must('POST', `files/v1/assets/${(await this.asset()).id}/formats/`, {
        name: 'ORIGINAL',
        components: [{ name: 'Video', type: 'VIDEO' }],
      }),
    )
  fileSet = () =>
    this.#once('fileSet', async () =>
      this.must('POST', `files/v1/assets/${(await this.asset()).id}/file_sets/`, {
        name: 'set',
        format_id: (await this.format()).id,
        storage_id: (await this.storage()).id,
        base_dir: '/',
        component_ids: [],
      }),
    )
  /** An open file of five bytes. */
  file = () =>
    this.#once('file', async () =>
      this.must('POST', `files/v1/assets/${(await this.asset()).id}/files/`, {
        original_name: 'clip.mov',
        directory_path: 'day',
        type: 'FILE',
        size: 5,
        checksum: v1().replaceAll('-', ''),
        file_set_id: (await this.fileSet()).id,
        format_id: (await this.format()).id,
      }),
    )
  /** The file with its bytes, closed. */
  closedFile = () =>
    this.#once('closedFile', async () => {
      const file = await this.file()
      await this.#send(file['upload_url'])
      return this.must('PATCH', `files/v1/assets/${(await this.asset()).id}/files/${file['id']}/`, {
        status: 'CLOSED',
      })
    })
  /** The id of an S3 multipart upload that is open for the file. */
  multipart = () =>
    this.#once('multipart', async () => this.#initiate((await this.file())['multipart_upload_url']))
  proxyMultipart = () =>
    this.#once('proxyMultipart', async () => this.#initiate((await this.proxy())['multipart_upload_url']))
  b2Upload = () =>
    this.#once('b2Upload', async () => {
      const file = await this.file()
      return this.must(
        'POST',
        `files/v1/assets/${(await this.asset()).id}/files/${file['id']}/multipart/b2/start/`,
        {},
      )
    })
  /** One part of a large B2 upload, sent; with its SHA-1. */
  b2Part = () =>
    this.#once('b2Part', async () => {
      const { upload_file_id, upload_url, authorization_token } = await this.b2Upload()
      const sha1 = createHash('sha1').update('bytes').digest('hex')
      const answer = await fetch(String(upload_url), {
        method: 'POST',
        headers: { authorization: authorization_token, 'x-bz-part-number': '1', 'x-bz-content-sha1': sha1 },
        body: 'bytes',
      })
      if (!answer.ok) throw new Error(`The storage answered ${answer.status}: ${await answer.text()}`)
      return { upload_file_id, sha1 }
    })
  /** A GCS file whose one part was sent and composed. */
  composedFile = () =>
    this.#once('composedFile', async () => {
      const file = await this.file()
      const path = `files/v1/assets/${(await this.asset()).id}/files/${file['id']}/`
      const { objects } = await this.must('GET', `${path}multipart_url/part/?parts_num=1`)
      await this.#send(objects[0].url)
      const { compose_url: url } = await this.must('POST', `${path}multipart/gcs/compose_url/`, {
        parts_group: null,
        content_type: 'video/quicktime',
      })
      const answer = await fetch(url, {
        method: 'PUT',
        body: `<ComposeRequest><Component><Name>${objects[0].key}</Name></Component></ComposeRequest>`,
      })
      if (!answer.ok) throw new Error(`The storage answered ${answer.status}: ${await answer.text()}`)
      return file
    })
  proxy = () =>
    this.#once('proxy', async () =>
      this.must('POST', `files/v1/assets/${(await this.asset()).id}/proxies/`, {
        name: 'proxy.mp4',
        format: 'MP4',
      }),
    )
  closedProxy = () =>
    this.#once('closedProxy', async () => {
      const proxy = await this.proxy()
      await this.#send(proxy['upload_url'])
      return this.must('PATCH', `files/v1/assets/${(await this.asset()).id}/proxies/${proxy['id']}/`, {
        status: 'CLOSED',
      })
    })
  keyframe = () =>
    this.#once('keyframe', async () =>
      this.must('POST', `files/v1/assets/${(await this.asset()).id}/keyframes/`, {
        name: 'p.jpg',
        type: 'POSTER',
      }),
    )
  closedKeyframe = () =>
    this.#once('closedKeyframe', async () => {
      const keyframe = await this.keyframe()
      await this.#send(keyframe['upload_url'])
      return this.must('PATCH', `files/v1/assets/${(await this.asset()).id}/keyframes/${keyframe['id']}/`, {
        status: 'CLOSED',
      })
    })
  /** A second version, which is then the current one. */
  version = () =>
    this.#once('version', async () => {
      const { versions } = await this.must(
        'POST',
        `assets/v1/assets/${(await this.asset()).id}/versions/`,
        {},
      )
      return versions.at(-1)
    })
  firstVersion = async () => (await this.asset())['versions'][0] as Json
  segment = () =>
    this.#once('segment', async () =>
      this.must('POST', `assets/v1/assets/${(await this.asset()).id}/segments/`, {
        segment_type: 'COMMENT',
        segment_text: unique('said'),
        time_start_milliseconds: 0,
        time_end_milliseconds: 1000,
      }),
    )
  history = () =>
    this.#once('history', async () =>
      this.must('POST', `assets/v1/assets/${(await this.asset()).id}/history/`, { operation_type: 'CUSTOM' }),
    )
  relationType = () =>
    this.#once('relationType', () =>
      this.must('POST', 'assets/v1/assets/relation_types/', {
        name: unique('type'),
        source_label: 'from',
        destination_label: 'to',
      }),
    )
  relation = () =>
    this.#once('relation', async () =>
      this.must('POST', `assets/v1/assets/${(await this.asset()).id}/relations/`, {
        relation_type: (await this.relationType())['name'],
        related_to_asset_id: (await this.otherAsset())['id'],
      }),
    )
  job = () =>
    this.#once('job', () =>
      this.must('POST', 'jobs/v1/jobs/', {
        title: unique('job'),
        type: 'CUSTOM',
        status: 'STARTED',
        steps: [{ id: 'one', label: 'One', status: 'WAITING' }],
      }),
    )
  field = () =>
    this.#once('field', () =>
      this.must('POST', 'metadata/v1/fields/', {
        name: unique('field'),
        label: 'Field',
        field_type: 'string',
      }),
    )
  view = () =>
    this.#once('view', async () =>
      this.must('POST', 'metadata/v1/views/', {
        name: unique('view'),
        view_fields: [{ name: (await this.field())['name'] }],
      }),
    )
  category = () =>
    this.#once('category', async () =>
      this.must('POST', 'metadata/v1/assets/categories/', {
        name: unique('category'),
        label: 'Category',
        view_ids: [(await this.view())['id']],
      }),
    )
  /** Values of the view, stored on an object. */
  async values(type: 'assets' | 'segments'): Promise<Json> {
    const path =
      type === 'assets'
        ? `assets/${(await this.asset()).id}`
        : `assets/${(await this.asset()).id}/segments/${(await this.segment())['id']}`
    return this.#once(`values/${type}`, async () =>
      this.must('PUT', `metadata/v1/${path}/views/${(await this.view())['id']}/`, {
        metadata_values: { [(await this.field())['name']]: { field_values: [{ value: 'x' }] } },
      }),
    )
  }
  savedSearch = () =>
    this.#once('savedSearch', () =>
      this.must('POST', 'search/v1/search/saved/', {
        name: unique('saved'),
        criteria: { query: `title:${unique('word')}` },
      }),
    )
  savedSearchGroup = () =>
    this.#once('savedSearchGroup', () =>
      this.must('POST', 'search/v1/search/saved/group/', { name: unique('saved group') }),
    )
  searchHistory = () =>
    this.#once('searchHistory', async () => {
      await this.must('POST', 'search/v1/search/', { query: `title:${unique('word')}` })
      return (await this.must('GET', 'search/v1/search/history/')).objects[0]
    })
  group = () =>
    this.#once('group', () => this.must('POST', 'users/v1/groups/', { name: unique('group'), roles: [] }))
  user = () =>
    this.#once('user', () =>
      this.must('POST', 'users/v1/users/', {
        email: `${unique('person')}@example.com`,
        first_name: 'Sam',
        last_name: 'Sample',
        type: 'STANDARD',
      }),
    )
  app = () => this.#once('app', () => this.must('POST', 'auth/v1/apps/', { name: unique('app') }))
  token = () => this.#once('token', () => this.must('POST', 'auth/v1/auth/token/'))
  template = () =>
    this.#once('template', () => this.must('POST', 'acls/v1/acl/templates/', { name: unique('template') }))
  /** The first step of a log-in with several domains. */
  firstStep = (login: Json) =>
    this.#once('firstStep', () => this.must('POST', 'auth/v1/auth/simple/login/', login))
  domainId = async () => (await this.must('GET', 'settings/v1/system/current/'))['system_domain_id'] as string

  async #send(url: unknown): Promise<void> {
    const answer = await fetch(String(url), { method: 'PUT', body: 'bytes' })
    if (!answer.ok) throw new Error(`The storage answered ${answer.status}: ${await answer.text()}`)
  }

  async #initiate(url: unknown): Promise<Json> {
    const answer = await (await fetch(String(url), { method: 'POST' })).text()
    return { id: /<UploadId>(.+)<\/UploadId>/.exec(answer)?.[1] }
  }
}
