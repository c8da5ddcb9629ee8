import type { Database } from './database.ts'
import { Documents, type Stored } from './documents.ts'

export interface AssetVersion {
  id: string
  version_number: number
  status: string
  analyze_status: string
  archive_status: string
  transcribe_status: string
  is_online: boolean
  created_by_user: string
  date_created: string
}

export interface Asset extends Stored {
  title: string
  type: string
  status: string
  is_online: boolean
  external_id: string | null
  versions: AssetVersion[]
  created_by_user: string
  date_created: string
  date_modified: string
}

export interface Collection extends Stored {
  title: string
  status: string
  parent_id: string | null
  is_root: boolean
  external_id: string | null
  storage_id: string | null
  date_created: string
  date_modified: string
}

export interface Component {
  id: string
  name: string
  type: string
  metadata: Record<string, string>
}

export interface Format extends Stored {
  asset_id: string
  name: string
  status: string
  version_id: string
  is_online: boolean
  storage_methods: string[]
  metadata: Record<string, string>[]
  components: Component[]
}

export interface FileSet extends Stored {
  asset_id: string
  format_id: string
  version_id: string
  storage_id: string
  name: string
  base_dir: string
  component_ids: string[]
  status: string
}

/** What the bytes of a file, a proxy and a keyframe have in common. */
export interface Stowed extends Stored {
  asset_id: string
  version_id: string
  storage_id: string
  storage_method: string
  status: string
  size?: number | null
  /** The object's key on its storage; the workspace's own. */
  _key: string
}

export interface FileRow extends Stowed {
  file_set_id: string
  format_id: string
  name: string
  original_name: string
  directory_path: string
  type: string
  checksum: string | null
  date_created: string
  date_modified: string
}

export interface Storage extends Stored {
  name: string
  method: string
  purpose: string
  status: string
  settings: Record<string, unknown>
}

export interface Job extends Stored {
  title: string
  type: string
  status: string
  object_type: string | null
  object_id: string | null
  parent_id: string | null
  has_children: boolean
  children_progress: Record<string, { status: string; progress_processed: number; progress_total: number }>
  progress: number
  progress_processed: number
  progress_total: number
  priority: number
  steps: {
    id: string
    label: string
    status: string
    message?: string
    error_message?: string
    date_updated?: string
  }[]
  message: string
  error_message: string
  metadata: Record<string, unknown>
  created_by: string
  started_at: string | null
  completed_at: string | null
  /** What the workspace itself has to do for this job; absent on jobs of clients. */
  _task?: Record<string, unknown>
}

export interface User extends Stored {
  email: string
  first_name: string
  last_name: string
  type: string
  status: string
  is_admin: boolean
  groups: string[]
}

export interface Group extends Stored {
  name: string
  roles: string[]
}

export interface MetadataField extends Stored {
  name: string
  label: string
  field_type: string
  options: { label: string; value: string }[] | null
  multi: boolean
  required: boolean
  read_only: boolean
  min_value: number | null
  max_value: number | null
}

export interface ViewField {
  name: string
  label?: string | null
  options?: { label: string; value: string }[] | null
  required?: boolean | null
  read_only?: boolean | null
  hide_if_not_set?: boolean | null
}

export interface View extends Stored {
  name: string
  description: string | null
  view_fields: ViewField[]
}

export interface Category extends Stored {
  object_type: string
  name: string
  label: string
  view_ids: string[]
}

/** Values of one object: field name to list of value items. The id is `object_type/object_id`. */
export interface MetadataValues extends Stored {
  object_type: string
  object_id: string
  values: Record<string, { field_values: { value: unknown }[]; date_created: string }>
}

/** Every kind of object that the workspace keeps, each in a table of its own. */
export function openTables(db: Database) {
  const table = <T extends Stored = Stored>(name: string, what: string, indexes: string[][] = []) =>
    new Documents<T>(db, name, what, indexes)
  return {
    assets: table<Asset>('assets', 'Asset', [
      ['external_id'],
      ['status'],
      ['status', 'date_deleted'],
      ['status', 'title NOCASE'],
      ['status', 'date_created NOCASE'],
      ['status', 'date_modified NOCASE'],
      ['original_asset_id'],
    ]),
    collections: table<Collection>('collections', 'Collection', [['external_id'], ['status']]),
    formats: table<Format>('formats', 'Format', [['asset_id'], ['status']]),
    fileSets: table<FileSet>('file_sets', 'File set', [['asset_id'], ['format_id'], ['status']]),
    files: table<FileRow>('files', 'File', [
      ['asset_id'],
      ['file_set_id'],
      ['checksum'],
      ['storage_id', 'directory_path'],
    ]),
    proxies: table<Stowed>('proxies', 'Proxy', [['asset_id']]),
    keyframes: table<Stowed>('keyframes', 'Keyframe', [['asset_id']]),
    storages: table<Storage>('storages', 'Storage'),
    jobs: table<Job>('jobs', 'Job', [['status'], ['type'], ['object_id'], ['parent_id'], ['date_created']]),
    fields: table<MetadataField>('metadata_fields', 'Metadata field', [['name']]),
    views: table<View>('metadata_views', 'Metadata view'),
    categories: table<Category>('metadata_categories', 'Metadata category', [['object_type', 'name']]),
    values: table<MetadataValues>('metadata_values', 'Metadata of'),
    users: table<User>('users', 'User', [['email']]),
    groups: table<Group>('groups', 'Group'),
    apps: table('apps', 'Application'),
    tokens: table('tokens', 'Token', [['_hash'], ['app_id']]),
    relations: table('relations', 'Relation', [['asset_id'], ['related_to_asset_id']]),
    relationTypes: table('relation_types', 'Relation type', [['name']]),
    segments: table('segments', 'Segment', [['asset_id'], ['parent_id']]),
    history: table('history', 'History entry', [['asset_id']]),
    savedSearches: table('saved_searches', 'Saved search', [['created_by_user']]),
    savedSearchGroups: table('saved_search_groups', 'Saved search group'),
    searchHistory: table('search_history', 'Search history entry', [['user_id']]),
    aclTemplates: table('acl_templates', 'Access template', [['name']]),
    notifications: table('notifications', 'Notification', [['user_id']]),
  }
}

export type Tables = ReturnType<typeof openTables>
