import type { Exchange } from '@main/adapters/iconik/http.ts'

/**
 * What is known of iconik's live service beside its published description, or against it: from recordings of public
 * clients, and from a client library that was corrected against the service. Keys: method and path, placeholders as {}.
 */

/** Success codes that the live service answers where the description says another. */
export const codesOfLiveService: Record<string, number[]> = {
  'PUT /API/jobs/v1/jobs/priority/': [200],
  'PUT /API/jobs/v1/jobs/state/': [200],
  'POST /API/auth/v1/apps/{}/token/': [201],
  'POST /API/assets/v1/delete_queue/collections/': [204],
  'POST /API/assets/v1/delete_queue/collections/purge/': [204],
  'PUT /API/assets/v1/assets/{}/versions/{}/promote/': [200],
  'PUT /API/assets/v1/collections/{}/restore/': [202],
  'GET /API/assets/v1/assets/{}/history/{}/': [200],
}

/** Operations whose roles are not those of the description, with the reason. */
export const rolesOfOurs: Record<string, string> = {
  'POST /API/files/v1/storages/{}/files/': 'no role is described, yet it writes files',
  'POST /API/files/v2/file_sets/{}/storages/{}/':
    'none is described, yet it does what its first version does',
  'POST /API/assets/v1/collections/{}/keyframes/': 'a role of reindexing is described for choosing pictures',
}

const asset =
  'analyze_status archive_status category created_by_user custom_keyframe custom_poster date_created date_deleted date_imported date_modified deleted_by_user external_id id is_blocked is_online status title type versions warning'
const file =
  'id original_name directory_path type status size file_set_id format_id storage_id asset_id version_id name'
const job =
  'id title type status object_type object_id parent_id has_children children_progress progress progress_processed progress_total priority steps message error_message metadata created_by started_at completed_at date_created date_modified'
const values = 'object_id object_type metadata_values date_created date_modified'
const user =
  'id email first_name last_name type status is_admin groups system_domain_id date_created date_modified'
const token = 'id app_id user_id system_domain_id expires is_admin system_domains auth_system_domains'

const words = (table: Record<string, string>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(table).map(([call, keys]) => [call, keys.split(' ')]))

/** Keys that recorded answers hold; of lists, each row. */
const recordedKeys: Record<string, string[]> = words({
  'POST /API/assets/v1/assets/': asset,
  'GET /API/assets/v1/assets/{}/': asset,
  'PUT /API/assets/v1/assets/{}/': asset,
  'PATCH /API/assets/v1/assets/{}/': asset,
  'GET /API/assets/v1/assets/': `${asset} object_type files proxies keyframes metadata in_collections`,
  'POST /API/search/v1/search/': 'id object_type title _sort',
  'GET /API/assets/v1/collections/{}/':
    'id title status is_root parent_id in_collections parents object_type permissions',
  'GET /API/assets/v1/collections/{}/contents/': 'id title object_type',
  'GET /API/assets/v1/collections/{}/content/info/':
    'assets_count collections_count total_size total_duration_milliseconds storage_info title',
  'GET /API/assets/v1/collections/{}/size/': 'id size title',
  'POST /API/files/v1/assets/{}/files/': `${file} upload_url storage_method`,
  'GET /API/files/v1/assets/{}/files/{}/': file,
  'PATCH /API/files/v1/assets/{}/files/{}/': file,
  'POST /API/files/v1/assets/{}/proxies/': 'id status upload_url storage_method',
  'POST /API/files/v1/assets/{}/keyframes/': 'id type status upload_url storage_method',
  'POST /API/files/v1/assets/{}/formats/':
    'id name status metadata components version_id user_id is_online storage_methods',
  'POST /API/files/v1/assets/{}/file_sets/':
    'id name format_id base_dir component_ids storage_id version_id status',
  'POST /API/files/v1/assets/{}/files/{}/keyframes/': 'job_id',
  'POST /API/files/v1/assets/{}/files/{}/mediainfo/': 'job_id',
  'POST /API/files/v1/assets/{}/files/{}/multipart/b2/start/':
    'authorization_token upload_file_id upload_url',
  'GET /API/files/v1/assets/{}/files/{}/multipart_url/part/': 'number url',
  'GET /API/files/v1/assets/{}/files/{}/multipart_url/': 'complete_url abort_url list_parts_url',
  'GET /API/files/v1/assets/{}/files/{}/download_url/': 'url',
  'GET /API/files/v1/storages/{}/': 'id name method purpose status settings default',
  'GET /API/files/v1/storages/matching/{}/': 'id name method purpose status settings default',
  'POST /API/jobs/v1/jobs/': job,
  'GET /API/jobs/v1/jobs/{}/': job,
  'PATCH /API/jobs/v1/jobs/{}/': job,
  'GET /API/metadata/v1/{}/{}/views/{}/': values,
  'PUT /API/metadata/v1/{}/{}/views/{}/': values,
  'GET /API/metadata/v1/fields/{}/':
    'name label field_type options required read_only multi mapped_field_name',
  'GET /API/metadata/v1/views/{}/': 'id name view_fields',
  'GET /API/users/v1/users/current/': user,
  'GET /API/auth/v1/auth/token/': token,
  'POST /API/auth/v1/auth/simple/login/': 'app_id token auth_system_domains',
  'GET /API/acls/v1/acl/{}/{}/':
    'users_acl groups_acl inherited_users_acl inherited_groups_acl propagating_users_acl propagating_groups_acl',
  'POST /API/assets/v1/assets/{}/segments/':
    'id path top_level user_info has_drawing status date_created date_modified',
  'GET /API/settings/v1/system/current/': 'system_domain_id default_upload_storage_id acl_template_id',
})

/** Queries and bodies by which a caller asks for less than the whole answer. */
const asksForLess = ({ path, query, requestBody }: Exchange): boolean =>
  (path.includes('/multipart_url/') && 'type' in query) ||
  ['include_fields', 'exclude_fields'].some((key) => Object.hasOwn((requestBody ?? {}) as object, key))

/** Keys that recorded answers to the operation have and this successful answer has not. */
export function lacksOfRecorded(shape: string, exchange: Exchange): string[] {
  const { answerBody, status } = exchange
  if (status >= 300 || asksForLess(exchange)) return []
  const objects = (answerBody as { objects?: unknown } | null)?.objects
  const looked: unknown[] = Array.isArray(objects) ? objects : [answerBody]
  return (recordedKeys[shape] ?? []).filter((key) =>
    looked.some((body) => !Object.hasOwn((body ?? {}) as object, key)),
  )
}
