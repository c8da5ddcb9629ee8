export { startWorkspace } from './workspace.ts'
export type { StorageChoice, Workspace, WorkspaceOptions } from './options.ts'
export { assumptionTable } from './assumptions.ts'
