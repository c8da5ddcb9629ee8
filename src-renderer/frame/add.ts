import type { CollectionId } from '@contract/ids.ts'
import type { HandedOver } from '@contract/shell.ts'
import { toErrorView } from '../client/index.ts'
import { strings } from '../lib/strings/index.ts'
import { showAsset } from '../stores/asset-link.ts'
import { useLibrary } from '../stores/library.ts'
import { useNavigation } from '../stores/navigation.ts'
import { useNewAsset, type WaitingAsset } from '../stores/new-asset.ts'
import { usePlans } from '../stores/plans.ts'
import { useShell } from '../stores/shell.ts'
import { useToasts } from '../stores/toasts.ts'

/** The collection that is open in the library; what is added goes into it. */
export function targetCollection(): { id: CollectionId; title: string } | null {
  return useNavigation().section === 'library' ? useLibrary().openCollection : null
}

async function plan(paths: readonly string[]): Promise<void> {
  await usePlans().open(paths, targetCollection()?.id ?? null)
}

/** Asks for files and opens their plan. */
export function addFiles(): void {
  void useShell()
    .pickFiles()
    .then((paths) => plan(paths))
}

/** Asks for a folder and opens its plan. */
export function addFolder(): void {
  void useShell()
    .pickFolder()
    .then((path) => (path === null ? undefined : plan([path])))
}

/** Opens the plan for files that Ferry was opened with, and shows the asset of a link. */
export function openHandedOver({ paths, assetId }: HandedOver): void {
  if (assetId !== null)
    showAsset(assetId).catch((failure: unknown) =>
      useToasts().show(strings.app.linkFailed(toErrorView(failure).message)),
    )
  if (paths.length > 0) void plan(paths)
}

/** Opens the plan for dropped files, or for the one of an asset that waits for it. Those without a path are named in the plan store. */
export async function addDropped(
  files: readonly File[],
  pathOf: (file: File) => Promise<string>,
  into: WaitingAsset | null = null,
): Promise<void> {
  const found = await Promise.all(files.map(async (file) => ({ file, path: await pathOf(file) })))
  usePlans().unnamed = found.filter(({ path }) => path === '').map(({ file }) => file.name)
  const paths = found.map(({ path }) => path).filter((path) => path !== '')
  await (into ? useNewAsset().giveFiles(into, paths) : plan(paths))
}
