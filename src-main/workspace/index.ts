export { startWorkspace } from './workspace.ts'
export type { LoginOption, StorageChoice, Workspace, WorkspaceOptions } from './options.ts'
export { assumptionTable } from './assumptions.ts'
export { seedWorkspace, type SeedOptions } from './seed/seed-workspace.ts'
