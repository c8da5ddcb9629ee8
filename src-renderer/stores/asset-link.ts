import type { AssetId } from '@contract/ids.ts'
import { ferry } from '../client/index.ts'
import { useNavigation } from './navigation.ts'
import { useSelection } from './selection.ts'

/** Opens the library with one asset in the inspector, from a page that knows only its id. */
export async function showAsset(id: AssetId): Promise<void> {
  const asset = await ferry().call('assets.get', { id })
  const selection = useSelection()
  selection.clear()
  selection.current = asset
  useNavigation().go('library', '')
}
