export { UploadService } from './upload-service.ts'
export type { UploadsChange } from './upload-service.ts'
export type { PaceSettings, UploadDependencies, UploadSession } from './session.ts'
