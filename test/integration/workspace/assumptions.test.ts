import { expect, it } from 'vitest'
import { assumptionTable } from '@main/workspace/assumptions.ts'
import type { WorkspaceOptions } from '@main/workspace/index.ts'
import { callsTo, openWorkspace, type Json } from './client.ts'

type Opened = Awaited<ReturnType<typeof openWorkspace>>

/** Another value of each switch, and what can be seen of it from outside. */
interface Effect {
  other: string | number | boolean
  options?: Partial<WorkspaceOptions>
  see: (opened: Opened) => Promise<unknown>
}

const put = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'PUT', body, headers })
const closed = async (opened: Opened, method = 'S3') => {
  const { must, openFile } = opened
  const storage = await must('GET', `files/v1/storages/matching/FILES/method/${method}/`)
  const made = await openFile(5, 'clip.mov', storage['id'])
  await put(made.file.upload_url, 'bytes')
  await must('PATCH', made.path, { status: 'CLOSED' })
  return made
}
const trashed = async ({ must }: Opened) => {
  const { id } = await must('POST', 'assets/v1/assets/', { title: 'trashed' })
  await must('DELETE', `assets/v1/assets/${id}/`)
}
const clipPath = async ({ must }: Opened) => {
  const { id } = await must('POST', 'assets/v1/assets/', { title: 'm' })
  const view = (await must('GET', 'metadata/v1/views/')).objects.find((row: Json) => row['name'] === 'Clip')
  return `metadata/v1/assets/${id}/views/${view.id}/`
}
const values = (...list: string[]) => ({ field_values: list.map((value) => ({ value })) })

const effects: Record<keyof typeof assumptionTable, Effect> = {
  strictClose: {
    other: false,
    see: async ({ openFile, call }) =>
      (await call('PATCH', (await openFile(5)).path, { status: 'CLOSED' })).status,
  },
  autoPreviewOnClose: {
    other: true,
    see: async (opened) => {
      await closed(opened)
      return (await opened.must('GET', 'jobs/v1/jobs/'))['total']
    },
  },
  onlineAfterClose: {
    other: false,
    see: async (opened) => {
      const { asset } = await closed(opened)
      return (await opened.must('GET', `assets/v1/assets/${asset.id}/`))['is_online']
    },
  },
  strictSignedUrls: {
    other: false,
    see: async ({ openFile }) =>
      (await put((await openFile(5)).file.upload_url, 'bytes', { 'App-ID': 'x' })).status,
  },
  signedUrlLifetimeS: {
    other: -1,
    see: async ({ openFile }) => (await put((await openFile(5)).file.upload_url, 'bytes')).status,
  },
  gcsSessionLifetimeS: {
    other: 0,
    see: async ({ must, openFile }) => {
      const { id } = await must('GET', 'files/v1/storages/matching/FILES/method/GCS/')
      const { file } = await openFile(5, 'clip.mov', id)
      const start = await fetch(file.upload_url, { method: 'POST', headers: { 'x-goog-resumable': 'start' } })
      return (await put(start.headers.get('location') ?? '', 'bytes')).status
    },
  },
  gcsMd5UpToBytes: {
    other: 0,
    see: async ({ must, openFile }) => {
      const { id } = await must('GET', 'files/v1/storages/matching/FILES/method/GCS/')
      const { path } = await openFile(5, 'clip.mov', id)
      const { objects } = await must('GET', `${path}multipart_url/part/?parts_num=1`)
      await put(objects[0].url, 'bytes')
      return (await fetch(objects[0].download_url)).headers.get('x-goog-hash')?.includes('md5=')
    },
  },
  s3MinimumPartBytes: {
    other: 1,
    see: async ({ openFile, must }) => {
      const { file, path } = await openFile(2)
      const initiated = await (await fetch(file.multipart_upload_url, { method: 'POST' })).text()
      const uploadId = /<UploadId>(.+)<\/UploadId>/.exec(initiated)?.[1] ?? ''
      const { objects } = await must('GET', `${path}multipart_url/part/?upload_id=${uploadId}&parts_num=2`)
      const parts = []
      for (const { number, url } of objects) {
        const etag = (await put(url, 'x')).headers.get('etag')
        parts.push(`<Part><ETag>${etag}</ETag><PartNumber>${number}</PartNumber></Part>`)
      }
      const { complete_url: url } = await must(
        'GET',
        `${path}multipart_url/?upload_id=${uploadId}&type=complete_url`,
      )
      const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
      return (await fetch(url, { method: 'POST', body })).status
    },
  },
  metadataMissingIs404: {
    other: false,
    see: async (opened) => (await opened.call('GET', await clipPath(opened))).status,
  },
  emptyListClearsField: {
    other: false,
    see: async (opened) => {
      const path = await clipPath(opened)
      await opened.must('PUT', path, { metadata_values: { Project: values('x') } })
      const after = await opened.must('PUT', path, { metadata_values: { Project: values() } })
      return 'Project' in after['metadata_values']
    },
  },
  validateMetadata: {
    other: false,
    see: async (opened) =>
      (await opened.call('PUT', await clipPath(opened), { metadata_values: { Take: values('many') } }))
        .status,
  },
  mergeJobMetadata: {
    other: true,
    see: async ({ must }) => {
      const { id } = await must('POST', 'jobs/v1/jobs/', {
        title: 'j',
        type: 'CUSTOM',
        status: 'STARTED',
        metadata: { a: 1 },
      })
      return (await must('PATCH', `jobs/v1/jobs/${id}/`, { metadata: { b: 2 } }))['metadata']
    },
  },
  trashedInSearch: {
    other: true,
    see: async (opened) => {
      await trashed(opened)
      return (await opened.must('POST', 'search/v1/search/', { query: 'trashed' }))['total']
    },
  },
  listsHideTrashed: {
    other: false,
    see: async (opened) => {
      await trashed(opened)
      return (await opened.must('GET', 'assets/v1/assets/'))['total']
    },
  },
  retryAfterOn429: {
    other: false,
    options: { rateLimit: 0.05 },
    see: async ({ call }) => {
      await call('GET', 'auth/v1/auth/token/')
      const refused = await call('GET', 'auth/v1/auth/token/')
      return [refused.status, refused.headers.has('retry-after')]
    },
  },
  queryDefaultOperator: {
    other: 'or',
    see: async ({ must }) => {
      await must('POST', 'assets/v1/assets/', { title: 'harbour' })
      return (await must('POST', 'search/v1/search/', { query: 'harbour market' }))['total']
    },
  },
  rateWindowS: {
    other: 5,
    options: { rateLimit: 10 },
    see: async ({ call }) => (await call('GET', 'auth/v1/auth/token/')).headers.get('ratelimit-limit'),
  },
  tokenLifetimeS: {
    other: 3600,
    see: async ({ must }) => {
      const { expires } = await must('POST', 'auth/v1/auth/token/')
      return Date.parse(expires) - Date.now() > 2 * 3600 * 1000
    },
  },
  storageSecretsHidden: {
    other: false,
    see: async ({ must, workspace }) => {
      const storage = await must('POST', 'files/v1/storages/', {
        name: 's',
        method: 'S3',
        purpose: 'EXPORTS',
        settings: { bucket: 'b', secret_key: 'secret' },
      })
      const group = await must('POST', 'users/v1/groups/', { name: 'g', roles: ['can_read_storages'] })
      const user = await must('POST', 'users/v1/users/', {
        email: 'a@example.com',
        first_name: 'A',
        type: 'STANDARD',
        groups: [group['id']],
      })
      const app = await must('POST', 'auth/v1/apps/', { name: 'a', default_user_id: user['id'] })
      const { token } = await must('POST', `auth/v1/apps/${app['id']}/token/`)
      const them = callsTo({ url: workspace.url, appId: app['id'], authToken: token })
      return 'secret_key' in (await them.must('GET', `files/v1/storages/${storage['id']}/`))['settings']
    },
  },
  deleteGraceHours: {
    other: 1,
    see: async ({ must }) => (await must('GET', 'settings/v1/system/current/'))['delete_grace_period'],
  },
  pageDepthRows: {
    other: 5,
    see: async ({ call }) =>
      (await call('POST', 'search/v1/search/?page=2&per_page=10', { query: '*' })).status,
  },
  abortPendingMs: {
    other: 600_000,
    see: async ({ must }) => {
      const { id } = await must('POST', 'jobs/v1/jobs/', { title: 'j', type: 'CUSTOM', status: 'STARTED' })
      await must('PUT', 'jobs/v1/jobs/state/', { job_ids: [id], action: 'ABORT' })
      return (await must('GET', `jobs/v1/jobs/${id}/`))['status']
    },
  },
}

it.each(Object.keys(assumptionTable) as (keyof typeof assumptionTable)[])(
  'the switch %s changes what a client sees',
  async (name) => {
    const { other, options, see } = effects[name]
    expect(other).not.toBe(assumptionTable[name].value)
    const usual = await see(await openWorkspace({ ...options }))
    const switched = await see(await openWorkspace({ ...options, assumptions: { [name]: other } }))
    expect(switched).not.toEqual(usual)
  },
)
