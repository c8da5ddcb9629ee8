import { z } from 'zod'
import { badRequest, notFound } from '../errors.ts'
import { newId } from '../ids.ts'
import { ok, operation, type Call, type Operation } from '../http/operation.ts'
import type { Stowed } from '../store/tables.ts'
import { requireAsset } from './assets.ts'
import { requireFile } from './file-lookup.ts'
import { requireProxy } from './proxies.ts'

const integer = (call: Call<unknown>, name: string, fallback: number, most: number): number => {
  const value = Number(call.query.get(name) ?? fallback)
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw badRequest({ [name]: `Must be a whole number from 1 to ${most}` })
  return value
}

/** Addresses for parts 1 to `parts_num`, paged. */
function partUrls(call: Call<unknown>, row: Stowed) {
  const { urls } = call.core
  const total = integer(call, 'parts_num', 1, 10_000)
  const perPage = integer(call, 'per_page', 100, 1000)
  const page = integer(call, 'page', 1, 10_000)
  const uploadId = call.query.get('upload_id')
  if (row.storage_method === 'S3' && !uploadId)
    throw badRequest({ upload_id: 'Missing data for required field.' })
  const first = (page - 1) * perPage + 1
  const numbers = Array.from(
    { length: Math.max(0, Math.min(perPage, total - first + 1)) },
    (_, at) => first + at,
  )
  const objects = numbers.map((number) => {
    if (row.storage_method === 'S3')
      return {
        number,
        url: urls.action(call.origin, row, 'PUT', { partNumber: number, uploadId: uploadId ?? '' }),
        key: row._key,
      }
    const key = `${row._key}.part${number}`
    return {
      number,
      key,
      url: urls.action(call.origin, row, 'PUT', {}, key),
      download_url: urls.action(call.origin, row, 'GET', {}, key),
      delete_url: urls.action(call.origin, row, 'DELETE', {}, key),
    }
  })
  return ok({ objects, page, per_page: perPage, pages: Math.max(1, Math.ceil(total / perPage)), total })
}

function multipartUrls(call: Call<unknown>, row: Stowed) {
  const { urls } = call.core
  const uploadId = call.query.get('upload_id')
  if (!uploadId) throw badRequest({ upload_id: 'Missing data for required field.' })
  const type = call.query.get('type')
  const parts = integer(call, 'max_part_number', 10_000, 10_000)
  const all = {
    complete_url: () => urls.action(call.origin, row, 'POST', { uploadId }),
    abort_url: () => urls.action(call.origin, row, 'DELETE', { uploadId }),
    list_parts_url: () =>
      Array.from({ length: Math.ceil(parts / 1000) }, (_, at) => {
        const url = new URL(urls.action(call.origin, row, 'GET', { uploadId }))
        if (at > 0) url.searchParams.set('part-number-marker', String(at * 1000))
        return url.href
      }),
  }
  const wanted =
    type !== null && type in all ? [type as keyof typeof all] : (Object.keys(all) as (keyof typeof all)[])
  return ok(Object.fromEntries(wanted.map((name) => [name, all[name]()])))
}

const S3Parts = z.object({
  upload_id: z.string().min(1),
  parts: z
    .array(z.object({ part_number: z.int().min(1).max(10_000), checksum: z.string().nullish() }))
    .min(1)
    .max(10_000),
})

const Cleanup = z.object({
  upload_id: z.string().nullish(),
  abort_upload: z.boolean().nullish(),
  parts_number: z.int().nullish(),
  parts_group_number: z.int().nullish(),
})

const CleanupS3 = Cleanup.pick({ upload_id: true, abort_upload: true })

/** Ends an upload that was begun, and removes parts of a parallel one. */
function cleanUp(call: Call<Partial<z.infer<typeof Cleanup>>>, row: Stowed) {
  const { uploads, bytes } = call.core.urls.side
  const { upload_id: uploadId, parts_number: parts = 0, parts_group_number: groups = 0 } = call.body
  if (uploadId && call.body.abort_upload !== false) {
    if (uploads.get(uploadId)?.key === row._key) uploads.end(uploadId)
  }
  for (let number = 1; number <= (parts ?? 0); number += 1)
    bytes.remove(row.storage_id, `${row._key}.part${number}`)
  for (let group = 0; group <= (groups ?? 0); group += 1)
    bytes.remove(row.storage_id, `${row._key}.group${group}`)
  return ok({})
}

const Compose = z.object({ parts_group: z.int().nullish(), content_type: z.string().nullish() })

function composeUrl(call: Call<z.infer<typeof Compose>>, row: Stowed) {
  const group = call.body.parts_group
  const key = group === null || group === undefined ? row._key : `${row._key}.group${group}`
  const { urls } = call.core
  return ok({
    key,
    compose_url: urls.action(call.origin, row, 'PUT', { compose: '' }, key),
    url: urls.action(call.origin, row, 'GET', {}, key),
    delete_url: urls.action(call.origin, row, 'DELETE', {}, key),
  })
}

const Finish = z.object({
  parts_range: z.array(z.union([z.string(), z.int()])).nullish(),
  parts_group: z.int().nullish(),
})

/** Ends a parallel upload: the object must be there by now. */
function finishParallel(call: Call<z.infer<typeof Finish>>, row: Stowed) {
  const object = call.core.bytes.get(row.storage_id, row._key)
  if (!object) throw badRequest(`The parts of ${row.id} have not been composed`)
  return ok({})
}

const B2Start = z.object({ upload_file_id: z.string().nullish() })

function b2Start(call: Call<z.infer<typeof B2Start>>, row: Stowed) {
  if (row.storage_method !== 'B2') throw badRequest(`Storage ${row.storage_id} is not a B2 storage`)
  const { uploads } = call.core.urls.side
  const known = call.body.upload_file_id
  if (known && uploads.get(known)?.key !== row._key)
    throw badRequest({ upload_file_id: 'No such upload is running for this file' })
  const id = known ?? `4_z${newId().replaceAll('-', '')}`
  if (!known)
    uploads.begin({
      id,
      kind: 'b2',
      storageId: row.storage_id,
      key: row._key,
      contentType: null,
      dateCreated: new Date().toISOString(),
      state: {},
    })
  const { url, token } = call.core.urls.b2Part(call.origin, row.storage_id, id)
  return ok({
    authorization_token: token,
    upload_file_id: id,
    upload_url: url,
    status: '200',
    error: '',
    error_code: '',
  })
}

const B2Finish = z.object({
  upload_file_id: z.string().min(1),
  sha1_list: z.array(z.string()).min(1).max(10_000),
})

function b2Finish(call: Call<z.infer<typeof B2Finish>>, row: Stowed) {
  const { uploads, bytes } = call.core.urls.side
  const { upload_file_id: id, sha1_list: sums } = call.body
  if (uploads.get(id)?.key !== row._key)
    throw badRequest({ upload_file_id: 'No such upload is running for this file' })
  const parts = uploads.parts(id)
  const fits =
    parts.length === sums.length &&
    parts.every((part, at) => Number(part.name) === at + 1 && part.sum === sums[at]?.toLowerCase())
  if (!fits)
    throw badRequest({ sha1_list: `The list does not match the ${parts.length} parts that have arrived` })
  const segments = parts.map((part) => part.segment)
  bytes.put({ storageId: row.storage_id, key: row._key, segments, contentType: null, sums: {}, etag: id })
  uploads.end(id, segments)
  return ok({})
}

const B2Cancel = z.object({ upload_file_id: z.string().min(1) })

const fileOf = (call: Call<unknown>): Stowed => {
  requireAsset(call, 'write')
  return requireFile(call)
}
const proxyOf = (call: Call<unknown>): Stowed => {
  requireAsset(call, 'write')
  return requireProxy(call)
}

const file = '/v1/assets/{asset_id}/files/{file_id}/'
const proxy = '/v1/assets/{asset_id}/proxies/{proxy_id}/'
const files = 'can_write_files'
const proxies = 'can_write_proxies'

export const multipartOperations: Operation[] = [
  operation('files', 'GET', `${file}multipart_url/part/`, files, (call) => partUrls(call, fileOf(call))),
  // One client of the live service calls this with POST.
  operation('files', 'POST', `${file}multipart_url/part/`, files, (call) => partUrls(call, fileOf(call))),
  operation('files', 'GET', `${file}multipart_url/`, files, (call) => multipartUrls(call, fileOf(call))),
  operation(
    'files',
    'POST',
    `${file}multipart_url/s3/part/`,
    files,
    (call) => {
      const row = fileOf(call)
      if (row.storage_method !== 'S3') throw badRequest(`Storage ${row.storage_id} is not an S3 storage`)
      return ok({
        upload_id: call.body.upload_id,
        parts: call.body.parts.map((part) => ({
          part_number: part.part_number,
          checksum: part.checksum ?? null,
          url: call.core.urls.action(call.origin, row, 'PUT', {
            partNumber: part.part_number,
            uploadId: call.body.upload_id,
          }),
        })),
      })
    },
    { schema: S3Parts },
  ),
  operation('files', 'POST', `${file}multipart/cleanup/`, files, (call) => cleanUp(call, fileOf(call)), {
    schema: Cleanup,
  }),
  operation(
    'files',
    'POST',
    `${file}multipart/gcs/compose_url/`,
    files,
    (call) => composeUrl(call, fileOf(call)),
    { schema: Compose },
  ),
  operation('files', 'POST', `${file}multipart/`, files, (call) => finishParallel(call, fileOf(call)), {
    schema: Finish,
  }),
  operation('files', 'POST', `${file}multipart/b2/start/`, files, (call) => b2Start(call, fileOf(call)), {
    schema: B2Start,
  }),
  operation('files', 'POST', `${file}multipart/b2/finish/`, files, (call) => b2Finish(call, fileOf(call)), {
    schema: B2Finish,
  }),
  operation(
    'files',
    'POST',
    `${file}multipart/b2/cancel/`,
    files,
    (call) => {
      const row = fileOf(call)
      const { uploads } = call.core.urls.side
      if (uploads.get(call.body.upload_file_id)?.key !== row._key)
        throw notFound('Upload', call.body.upload_file_id)
      uploads.end(call.body.upload_file_id)
      return ok({})
    },
    { schema: B2Cancel },
  ),
  operation('files', 'GET', `${proxy}multipart_url/part/`, proxies, (call) => partUrls(call, proxyOf(call))),
  operation('files', 'GET', `${proxy}multipart_url/`, proxies, (call) => multipartUrls(call, proxyOf(call))),
  operation('files', 'POST', `${proxy}multipart/cleanup/`, proxies, (call) => cleanUp(call, proxyOf(call)), {
    schema: CleanupS3,
  }),
]
