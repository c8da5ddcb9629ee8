/**
 * Roles without which an upload with metadata and previews cannot work. From the role descriptions of iconik's own
 * OpenAPI documents (2025).
 */
const UPLOAD_ROLES = [
  'can_create_assets',
  'can_read_assets',
  'can_write_assets',
  'can_read_storages',
  'can_read_formats',
  'can_write_formats',
  'can_read_files',
  'can_write_files',
  'can_create_transcode_jobs',
  'can_read_jobs',
  'can_write_jobs',
  'can_read_collections',
  'can_create_collections',
  'can_write_collections',
  'can_read_metadata_views',
  'can_read_metadata_values',
  'can_write_metadata_values',
  'can_search',
]

/** The roles that an uploader needs and this account lacks. */
export function missingRoles(roles: readonly string[]): string[] {
  const has = new Set(roles)
  return UPLOAD_ROLES.filter((role) => !has.has(role))
}
