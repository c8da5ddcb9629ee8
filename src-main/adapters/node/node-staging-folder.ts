import fs from 'node:fs/promises'
import path from 'node:path'
import { safeFileName } from '../../core/safe-file-name.ts'
import type { StagedPlace, StagingFolder } from '../../ports/staging-folder.ts'

/** Ids become names of folders: nothing else may. */
const ID = /^[\w-]{1,64}$/

/** `ROOT/ACCOUNT/ASSET/FILE/name`: the path itself says where a file comes from. */
export function createNodeStagingFolder(root: string): StagingFolder {
  const folderOf = ({ accountId, assetId, fileId }: StagedPlace) =>
    path.join(root, accountId, assetId, fileId)
  const names = (folder: string) => fs.readdir(folder).catch(() => [] as string[])
  return {
    pathOf: (place, fileName) => path.join(folderOf(place), safeFileName(fileName)),
    placeOf(file) {
      const parts = path.relative(root, file).split(path.sep)
      const [accountId = '', assetId = '', fileId = '', name = ''] = parts
      const isOurs =
        parts.length === 4 && name !== '' && [accountId, assetId, fileId].every((id) => ID.test(id))
      return isOurs ? { accountId, assetId, fileId } : null
    },
    look: (file) =>
      fs.lstat(file).then(
        (found) => (found.isFile() ? { sizeBytes: found.size, mtimeMs: found.mtimeMs } : null),
        () => null,
      ),
    async remove(place) {
      const folder = folderOf(place)
      await fs.rm(folder, { recursive: true, force: true, maxRetries: 3 })
      // Not empty: other files of the asset or the account are there still.
      for (const above of [path.dirname(folder), path.dirname(path.dirname(folder))])
        await fs.rmdir(above).catch(() => undefined)
    },
    async kept() {
      const places: StagedPlace[] = []
      for (const accountId of await names(root))
        for (const assetId of await names(path.join(root, accountId)))
          for (const fileId of await names(path.join(root, accountId, assetId)))
            if ([accountId, assetId, fileId].every((id) => ID.test(id)))
              places.push({ accountId, assetId, fileId })
      return places
    },
    async freeBytes() {
      await fs.mkdir(root, { recursive: true, mode: 0o700 })
      const { bavail, bsize } = await fs.statfs(root)
      return bavail * bsize
    },
  }
}
