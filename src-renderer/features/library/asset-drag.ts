import { useSelection } from '../../stores/selection.ts'
import { clickRow } from './list-keys.ts'
import { useAssetList } from '../../stores/asset-list.ts'
import { strings } from '../../lib/strings/index.ts'

/** Marks a drag of assets that started in this page. The ids stay here: there may be 100,000. */
export const ASSET_DRAG = 'application/x-ferry-assets'
export const COLLECTION_DRAG = 'application/x-ferry-collection'

/** Starts to drag the selection, after selecting the row if it was not. */
export function dragAssets(event: DragEvent, index: number): void {
  const selection = useSelection()
  const row = useAssetList().rowAt(index)
  if (!row || !event.dataTransfer) return
  if (!selection.has(row.id)) clickRow(new MouseEvent('click'), index)
  event.dataTransfer.effectAllowed = 'copy'
  event.dataTransfer.setData(ASSET_DRAG, '1')
  const label = document.createElement('div')
  label.className = 'drag-label'
  label.textContent = selection.count > 1 ? strings.library.assets(selection.count) : row.title
  document.body.append(label)
  event.dataTransfer.setDragImage(label, -8, -8)
  requestAnimationFrame(() => label.remove())
}
