import path from 'node:path'
import type { Page } from 'playwright-core'

/**
 * Drops real files and folders from disk onto an element, as trusted events: the page sees what it sees when a person
 * drags them in from a file manager. (`dataTransfer.types` is empty in such a drop.)
 *
 * @param paths made absolute; they must exist
 * @param selector element whose middle is the place of the drop
 */
export async function dropFiles(page: Page, paths: string[], selector = 'body'): Promise<void> {
  const box = await page.locator(selector).first().boundingBox()
  if (!box) throw new Error(`Nothing to drop on: ${selector} is not visible`)
  const cdp = await page.context().newCDPSession(page)
  const files = paths.map((file) => path.resolve(file))
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  try {
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await cdp.send('Input.dispatchDragEvent', {
        type,
        ...at,
        data: { items: [], files, dragOperationsMask: 1 },
      })
  } finally {
    await cdp.detach()
  }
}
