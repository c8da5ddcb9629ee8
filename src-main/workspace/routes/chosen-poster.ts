import { created, flag, operation, type Call } from '../http/operation.ts'
import { badRequest } from '../errors.ts'
import type { Stowed } from '../store/tables.ts'
import { requireAsset } from './assets.ts'
import { createRow, requireRow, rowView } from './proxies.ts'

/** Makes a poster the picture that stands for its asset. */
function choosePoster(call: Call<unknown>) {
  const asset = requireAsset(call, 'write')
  const poster = requireRow(call, 'keyframes', 'poster_id')
  if (poster['type'] !== 'POSTER')
    throw badRequest({ poster_id: `${poster.id} is a ${String(poster['type'])}` })
  if (asset.custom_poster && asset.custom_poster !== poster.id && !flag(call.query, 'overwrite', true))
    throw badRequest({ poster_id: 'The asset has a picture of its own; overwrite=true replaces it' })
  const chosen: Stowed = call.core.tables.keyframes.update(poster.id, { is_custom_keyframe: true })
  call.core.tables.assets.update(asset.id, { custom_poster: poster.id, custom_keyframe: poster.id })
  call.core.search.touch('assets', asset.id)
  return created(rowView(call, chosen, true))
}

const asset = '/v1/assets/{asset_id}/'

export const chosenPosterOperations = [
  operation('files', 'POST', `${asset}custom_keyframe/`, 'can_write_keyframes', (call) =>
    createRow({ ...call, body: { type: 'POSTER', is_custom_keyframe: true } }, 'keyframes'),
  ),
  operation('files', 'POST', `${asset}custom_keyframe/{poster_id}/`, 'can_write_keyframes', choosePoster),
]
