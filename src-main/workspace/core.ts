import type { Accounts } from './identity.ts'
import type { Assumptions } from './assumptions.ts'
import type { AccessControl } from './access.ts'
import type { Passwords } from './passwords.ts'
import type { JobRunner } from './jobs/job-runner.ts'
import type { SearchIndex } from './search/search-index.ts'
import type { ByteStore } from './storage/byte-store.ts'
import type { UploadUrls } from './storage/upload-urls.ts'
import type { Contents } from './store/contents.ts'
import type { Database } from './store/database.ts'
import type { Settings } from './store/settings.ts'
import type { Tables } from './store/tables.ts'

/** What every operation works with. Built once per running workspace. */
export interface Core {
  db: Database
  tables: Tables
  contents: Contents
  settings: Settings
  accounts: Accounts
  passwords: Passwords
  access: AccessControl
  bytes: ByteStore
  urls: UploadUrls
  search: SearchIndex
  jobs: JobRunner
  assumptions: Assumptions
}
