import type { Core } from '../../core.ts'
import type { Account } from '../../identity.ts'
import { present, type Call } from '../../http/operation.ts'
import type { Asset, Collection, User } from '../../store/tables.ts'
import { mediaTypeOfAsset } from '../../media/media-type.ts'

interface Extras {
  collections?: boolean
  users?: boolean
  account?: Account
}

/** What others may see of a user. */
export const userInfo = (user: User | undefined) =>
  user && {
    id: user.id,
    email: user.email,
    first_name: user.first_name,
    last_name: user.last_name,
    photo: user['photo'] ?? null,
    photo_small: user['photo_small'] ?? null,
    photo_big: user['photo_big'] ?? null,
  }

/** An asset as GET shows it. */
export function assetView(core: Core, asset: Asset, extras: Extras = {}): Record<string, unknown> {
  const view: Record<string, unknown> = { ...present(asset), default_version_id: defaultVersion(asset) }
  if (extras.account) view['favoured'] = false
  if (extras.collections) view['in_collections'] = core.contents.parents(asset.id)
  if (extras.users) {
    view['created_by_user_info'] = userInfo(core.tables.users.get(asset.created_by_user))
    view['updated_by_user_info'] = userInfo(core.tables.users.get(String(asset['updated_by_user'])))
    if (asset['deleted_by_user'])
      view['deleted_by_user_info'] = userInfo(core.tables.users.get(String(asset['deleted_by_user'])))
  }
  return view
}

/** The current version: the one that was promoted, else the newest. */
export const defaultVersion = (asset: Asset): string => {
  const promoted = asset['_default_version_id']
  const newest = [...asset.versions].sort((left, right) => right.version_number - left.version_number)[0]
  return typeof promoted === 'string' && asset.versions.some((version) => version.id === promoted)
    ? promoted
    : (newest?.id ?? '')
}

/** Values flattened as search documents have them: field name to list of values. */
export function flatMetadata(core: Core, type: string, id: string): Record<string, unknown[]> {
  const stored = core.tables.values.get(`${type}/${id}`)
  return Object.fromEntries(
    Object.entries(stored?.values ?? {}).map(([name, field]) => [
      name,
      field.field_values.map((item) => item.value),
    ]),
  )
}

/** An asset as lists and search show it. Signed addresses of posters and proxies are added where the caller asks. */
export function searchDocument(
  call: Call<unknown>,
  asset: Asset,
  signed: { keyframes?: boolean; proxies?: boolean; files?: boolean } = {},
): Record<string, unknown> {
  const { core, origin } = call
  const current = defaultVersion(asset)
  const ofCurrent = { where: { asset_id: asset.id } }
  const files = core.tables.files.list({ ...ofCurrent, limit: 50 })
  const proxies = core.tables.proxies.list(ofCurrent).filter((row) => row.version_id === current)
  const keyframes = core.tables.keyframes
    .list(ofCurrent)
    .filter((row) => row.version_id === current && row.status === 'CLOSED')
  const durationMs = [...core.tables.formats.list(ofCurrent), asset]
    .map((format) => format['_duration_ms'])
    .find((value) => typeof value === 'number')
  return {
    ...assetView(core, asset),
    object_type: 'assets',
    in_collections: core.contents.parents(asset.id),
    ancestor_collections: core.contents.ancestors(asset.id),
    metadata: flatMetadata(core, 'assets', asset.id),
    media_type: mediaTypeOfAsset(asset, files[0]?.original_name),
    ...(durationMs !== undefined && { duration_milliseconds: durationMs }),
    versions_number: asset.versions.length,
    comments_count: core.tables.segments.count({ where: { asset_id: asset.id, segment_type: 'COMMENT' } }),
    relations: core.tables.relations.list({ where: { asset_id: asset.id } }).map(present),
    files: files.map((row) => ({
      ...present(row),
      ...(signed.files && row.status === 'CLOSED' && { url: core.urls.download(origin, row) }),
    })),
    proxies: proxies.map((row) => ({
      ...present(row),
      ...(signed.proxies && row.status === 'CLOSED' && { url: core.urls.download(origin, row) }),
    })),
    keyframes: keyframes.map((row) => ({
      ...present(row),
      ...(signed.keyframes && { url: core.urls.download(origin, row) }),
    })),
    permissions: core.access.permissionsOf(call.account, 'assets', asset.id),
  }
}

/** A collection as GET, lists and search show it. */
export function collectionView(call: Call<unknown>, collection: Collection): Record<string, unknown> {
  const { core } = call
  const parents = core.contents.parents(collection.id)
  return {
    ...present(collection),
    object_type: 'collections',
    in_collections: parents,
    parents: core.contents.ancestors(collection.id),
    permissions: core.access.permissionsOf(call.account, 'collections', collection.id),
    favoured: false,
    metadata: flatMetadata(core, 'collections', collection.id),
  }
}
