import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { AssetId } from '@contract/ids.ts'
import { usePlans } from './plans.ts'
import { useShell } from './shell.ts'

/** An asset that waits for its file. */
export interface WaitingAsset {
  readonly id: AssetId
  readonly title: string
}

/** Assets without a file: the dialog that makes one, and how it is given its file. */
export const useNewAsset = defineStore('newAsset', () => {
  const isOpen = ref(false)
  /** Shows what the files would become as the file of an asset. */
  const giveFiles = (asset: WaitingAsset, paths: readonly string[]) =>
    usePlans().open(paths, null, { into: { assetId: asset.id, title: asset.title } })
  return {
    isOpen,
    giveFiles,
    async askForFile(asset: WaitingAsset): Promise<void> {
      await giveFiles(asset, await useShell().pickFiles())
    },
  }
})
