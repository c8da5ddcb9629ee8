import type { Clip, ClipTarget, PlannedClip } from '../clip.ts'

/** From here on an upload counts as large and runs in a lane of its own. */
export const LARGE_UPLOAD_BYTES = 16 * 1024 * 1024

/** From here on a clip of a batch has a job of its own below the batch's job. */
export const OWN_JOB_BYTES = 100 * 1024 * 1024

/**
 * Text that is equal for two plans of the same files (path, size, mtime, inode) to the same place, for the key that keeps
 * one from being queued twice. What it is for belongs to it: a new version is not the same as a new asset.
 */
export function uploadIdentity(planned: Pick<PlannedClip, 'clip' | 'target' | 'decision'>): string {
  const { decision } = planned
  const purpose =
    decision.do === 'version'
      ? ['version', decision.assetId]
      : decision.do === 'join'
        ? ['join', decision.uploadId]
        : ['upload']
  // Without files it is the values that tell one from another.
  const content = planned.clip.files.length > 0 ? files(planned.clip) : [planned.target.metadata]
  return JSON.stringify([purpose, place(planned.target), content])
}

/** Whether both go to the same place. */
export function samePlace(a: ClipTarget, b: ClipTarget): boolean {
  return JSON.stringify(place(a)) === JSON.stringify(place(b))
}

function place(target: ClipTarget): unknown[] {
  return [target.collectionId, target.collectionPath, target.storageId]
}

function files(clip: Clip): unknown[] {
  return clip.files.map((file) => [file.path, file.sizeBytes, file.mtimeMs, file.inode])
}

export function clipSizeBytes(clip: Clip): number {
  return clip.files.reduce((sum, file) => sum + file.sizeBytes, 0)
}
