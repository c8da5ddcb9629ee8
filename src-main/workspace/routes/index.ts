import type { Operation } from '../http/operation.ts'
import { assetOperations } from './assets.ts'
import { appApprovalOperations } from './app-approval.ts'
import { authOperations } from './auth.ts'
import { chosenPosterOperations } from './chosen-poster.ts'
import { collectionOperations } from './collections.ts'
import { fileOperations } from './files.ts'
import { fileSetOperations } from './file-sets.ts'
import { formatOperations } from './formats.ts'
import { historyOperations } from './history.ts'
import { jobOperations } from './jobs.ts'
import { metadataModelOperations } from './metadata-model.ts'
import { metadataValueOperations } from './metadata-values.ts'
import { multipartOperations } from './multipart.ts'
import { previewOperations } from './previews.ts'
import { proxyOperations } from './proxies.ts'
import { searchOperations } from './search.ts'
import { settingsOperations } from './settings.ts'
import { storageOperations } from './storages.ts'
import { trashOperations } from './trash.ts'
import { userOperations } from './users.ts'
import { analysisOperations } from './analysis.ts'
import { fileTrashOperations } from './file-trash.ts'
import { reindexOperations } from './reindex.ts'
import { transferOperations } from './transfers.ts'
import { versionContentOperations } from './version-content.ts'
import { aclPrincipalOperations } from './acl-principals.ts'
import { aclTemplateOperations } from './acl-templates.ts'
import { aclOperations } from './acls.ts'
import { loginOperations } from './login.ts'
import { oneShotOperations } from './one-shot.ts'
import { relationOperations } from './relations.ts'
import { savedSearchOperations } from './saved-searches.ts'
import { segmentOperations } from './segments.ts'
import { versionOperations } from './versions.ts'

/** Every operation that the workspace answers. What is not here answers 501. */
export const operations: readonly Operation[] = [
  ...assetOperations,
  ...appApprovalOperations,
  ...authOperations,
  ...chosenPosterOperations,
  ...collectionOperations,
  ...fileOperations,
  ...fileSetOperations,
  ...formatOperations,
  ...historyOperations,
  ...jobOperations,
  ...metadataModelOperations,
  ...metadataValueOperations,
  ...multipartOperations,
  ...previewOperations,
  ...proxyOperations,
  ...searchOperations,
  ...settingsOperations,
  ...storageOperations,
  ...trashOperations,
  ...userOperations,
  ...analysisOperations,
  ...fileTrashOperations,
  ...reindexOperations,
  ...transferOperations,
  ...versionContentOperations,
  ...aclOperations,
  ...aclPrincipalOperations,
  ...aclTemplateOperations,
  ...loginOperations,
  ...oneShotOperations,
  ...relationOperations,
  ...savedSearchOperations,
  ...segmentOperations,
  ...versionOperations,
]
