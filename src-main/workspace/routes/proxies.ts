import { z } from 'zod'
import { badRequest, notFound } from '../errors.ts'
import { newId } from '../ids.ts'
import {
  created,
  flag,
  noContent,
  ok,
  operation,
  present,
  update,
  type Call,
  type Operation,
} from '../http/operation.ts'
import { keysetEnvelope, keysetOf } from '../http/paging.ts'
import type { Documents } from '../store/documents.ts'
import type { Stowed } from '../store/tables.ts'
import { requireAsset, versionAsked } from './assets.ts'
import { checkStored } from './closing.ts'
import { byteStates, Resolution, uuidText, wholeNumber } from './schemas.ts'
import { defaultFor, storageMethods } from './storages.ts'
import { removeBytes } from './trash.ts'
import { defaultVersion } from './views/asset-view.ts'
import { readUrl } from './views/file-view.ts'
import { requestKeyframesOfProxy } from './previews.ts'

const common = {
  name: z.string().optional(),
  filename: z.string().optional(),
  format: z.string().nullish(),
  resolution: Resolution.nullish(),
  rotation: z.int().nullish(),
  size: wholeNumber.nullish(),
  status: z.enum(byteStates).optional(),
  storage_id: uuidText.nullish(),
  version_id: uuidText.nullish(),
}
const ProxyInput = z.object({
  ...common,
  codec: z.string().nullish(),
  frame_rate: z.union([z.string(), z.number().transform(String)]).nullish(),
  bit_rate: z.int().nullish(),
  audio_bitrate: z.int().nullish(),
  start_time_code: z.string().nullish(),
  is_drop_frame: z.boolean().nullish(),
  proxy_container_id: uuidText.nullish(),
})
const KeyframeInput = z.object({
  ...common,
  type: z.enum(['KEYFRAME', 'KEYFRAME_MAP', 'POSTER']),
  time_code: z
    .object({
      frames_number: z.int().nullish(),
      is_drop_frame: z.boolean().nullish(),
      time_base: z.unknown().optional(),
    })
    .nullish(),
  is_custom_keyframe: z.boolean().nullish(),
})

type Kind = 'proxies' | 'keyframes'
const purposeOf = { proxies: 'PROXIES', keyframes: 'KEYFRAMES' } as const
const tableOf = (call: Call<unknown>, kind: Kind): Documents<Stowed> => call.core.tables[kind]

export const requireProxy = (call: Call<unknown>): Stowed => requireRow(call, 'proxies')

/** The proxy or keyframe that the path names; it must be of the path's asset. */
export function requireRow(
  call: Call<unknown>,
  kind: Kind,
  param = kind === 'proxies' ? 'proxy_id' : 'keyframe_id',
): Stowed {
  const row = tableOf(call, kind).require(call.params[param] ?? '')
  if (row.asset_id !== call.params['asset_id']) throw notFound(tableOf(call, kind).what, row.id)
  return row
}

/** Adds a proxy or keyframe of an asset, with its place on the storage. */
function insertRow(call: Call<unknown>, kind: Kind, values: Record<string, unknown>): Stowed {
  const asset = requireAsset(call, 'write')
  const { storage_method: method } = call.params
  if (method !== undefined && !storageMethods.includes(method.toUpperCase()))
    throw badRequest({ storage_method: `Must be one of ${storageMethods.join(', ')}` })
  const storage =
    typeof values['storage_id'] === 'string'
      ? call.core.tables.storages.require(values['storage_id'])
      : method === undefined
        ? defaultFor(call.core, purposeOf[kind])
        : (call.core.tables.storages.first({
            where: { purpose: purposeOf[kind], method: method.toUpperCase() },
          }) ??
          call.core.tables.storages.first({ where: { purpose: 'FILES', method: method.toUpperCase() } }))
  if (!storage)
    throw badRequest({
      storage_id: `There is no storage for ${kind}${method ? ` with method ${method}` : ''}`,
    })
  const id = newId()
  const versionId = typeof values['version_id'] === 'string' ? values['version_id'] : defaultVersion(asset)
  const fileName = String(values['filename'] ?? values['name'] ?? id).replaceAll(/[/\\\0]/g, '_')
  return tableOf(call, kind).insert({
    status: 'OPEN',
    is_public: false,
    ...(kind === 'keyframes' && { is_custom_keyframe: false }),
    ...values,
    id,
    name: values['name'] ?? fileName,
    filename: fileName,
    size: (values['size'] as number | null | undefined) ?? null,
    asset_id: asset.id,
    version_id: versionId,
    storage_id: storage.id,
    storage_method: storage.method,
    _key: `${kind}/${asset.id}/${id}/${fileName}`,
  })
}

/** Answers with a new row and where its bytes go. */
export function createRow(call: Call<Record<string, unknown>>, kind: Kind) {
  const row = insertRow(call, kind, call.body)
  const plain = kind === 'keyframes' && !flag(call.query, 'use_google_resumable_upload', false)
  const fields = call.core.urls.upload(call.origin, row, { plain, multipart: kind === 'proxies' })
  call.core.search.touch('assets', row.asset_id)
  return created({ ...present(row), ...fields })
}

function changeRow(call: Call<Record<string, unknown>>, kind: Kind) {
  requireAsset(call, 'write')
  const row = requireRow(call, kind)
  const values: Partial<Stowed> = { ...call.body }
  if (call.body['status'] === 'CLOSED' && row.status !== 'CLOSED')
    values.size =
      checkStored(
        call.core,
        { ...row, ...values, size: (values.size ?? row.size) as number | null },
        undefined,
      ) ??
      row.size ??
      null
  const changed = tableOf(call, kind).update(row.id, values)
  call.core.search.touch('assets', row.asset_id)
  return ok(rowView(call, changed, true))
}

/** A row, with the address of its bytes where `signed` asks for it. */
export const rowView = (call: Call<unknown>, row: Stowed, signed: boolean): Record<string, unknown> => {
  const url = signed ? readUrl(call, row) : undefined
  return { ...present(row), ...(url !== undefined && { url }) }
}

function listRows(call: Call<unknown>, kind: Kind) {
  const asset = requireAsset(call)
  const paging = keysetOf(call)
  const where: Record<string, string> = { asset_id: asset.id }
  if (call.params['version_id'] || !flag(call.query, 'include_all_versions', false))
    where['version_id'] = versionAsked(call, asset)
  const signed = flag(call.query, 'generate_signed_url', true)
  const rows = tableOf(call, kind).list({
    where,
    limit: paging.perPage + 1,
    ...(paging.lastId !== undefined && { afterId: paging.lastId }),
  })
  return ok(
    keysetEnvelope(call, paging, tableOf(call, kind).count({ where }), rows, (row) =>
      rowView(call, row, signed),
    ),
  )
}

function removeRow(call: Call<unknown>, kind: Kind) {
  requireAsset(call, 'write')
  const row = requireRow(call, kind)
  removeBytes(call.core, row)
  tableOf(call, kind).remove(row.id)
  call.core.search.touch('assets', row.asset_id)
  return noContent()
}

function operationsOf(kind: Kind, roles: { read: string; write: string; remove: string }): Operation[] {
  const base = `/v1/assets/{asset_id}/${kind}/`
  const one = `${base}{${kind === 'proxies' ? 'proxy_id' : 'keyframe_id'}}/`
  const schema = (kind === 'proxies' ? ProxyInput : KeyframeInput) as unknown as z.ZodType<
    Record<string, unknown>
  >
  const changes = (kind === 'proxies'
    ? ProxyInput.partial()
    : KeyframeInput.partial()) as unknown as z.ZodType<Record<string, unknown>>
  return [
    operation('files', 'GET', base, roles.read, (call) => listRows(call, kind)),
    operation('files', 'GET', `/v1/assets/{asset_id}/versions/{version_id}/${kind}/`, roles.read, (call) =>
      listRows(call, kind),
    ),
    operation('files', 'POST', base, roles.write, (call) => createRow(call, kind), { schema }),
    operation(
      'files',
      'POST',
      `/v1/assets/{asset_id}/method/{storage_method}/${kind}/`,
      roles.write,
      (call) => createRow(call, kind),
      { schema },
    ),
    operation('files', 'GET', one, roles.read, (call) => {
      requireAsset(call)
      return ok(rowView(call, requireRow(call, kind), true))
    }),
    ...update('files', one, roles.write, (call) => changeRow(call, kind), { schema: changes }),
    operation('files', 'DELETE', one, roles.remove, (call) => removeRow(call, kind)),
  ]
}

export const proxyOperations = [
  ...operationsOf('proxies', {
    read: 'can_read_proxies',
    write: 'can_write_proxies',
    remove: 'can_delete_proxies',
  }),
  ...operationsOf('keyframes', {
    read: 'can_read_assets',
    write: 'can_write_keyframes',
    remove: 'can_write_keyframes',
  }),
  operation(
    'files',
    'GET',
    '/v1/assets/{asset_id}/proxies/{proxy_id}/download_url/',
    'can_read_proxies',
    (call) => {
      requireAsset(call)
      const row = requireProxy(call)
      const url = readUrl(call, row, 'attachment')
      if (url === undefined)
        throw badRequest(`Proxy ${row.id} is ${row.status}; only a CLOSED one can be downloaded`)
      return ok({ url })
    },
  ),
  operation(
    'files',
    'POST',
    '/v1/assets/{asset_id}/proxies/{proxy_id}/keyframes/',
    'can_create_transcode_jobs',
    (call) => {
      requireAsset(call, 'write')
      return ok({ job_id: requestKeyframesOfProxy(call, requireProxy(call)).id })
    },
  ),
]
