import axe from 'axe-core'
import type { Page } from '@playwright/test'

/** What axe finds serious or critical on the page, each as "rule: element". Empty when all is well. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: typeof axe }).axe.run
    // Rules of WCAG A and AA, and what axe counts as good practice.
    const { violations } = await run(document, { resultTypes: ['violations'] })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)}`))
  })
}

/** Elements that reach out of the window and are not cut by what they lie in. Empty when nothing overflows. */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isCut = (element: Element): boolean => {
      for (
        let parent = element.parentElement;
        parent && parent !== document.body;
        parent = parent.parentElement
      ) {
        const { overflowX } = getComputedStyle(parent)
        const { left, right } = parent.getBoundingClientRect()
        if (overflowX !== 'visible' && left >= -1 && right <= innerWidth + 1) return true
      }
      return false
    }
    return [...document.body.querySelectorAll('*')]
      .filter((element) => {
        const { left, right, width, height } = element.getBoundingClientRect()
        if (width === 0 || height === 0 || (left >= -1 && right <= innerWidth + 1)) return false
        return element.checkVisibility({ opacityProperty: true }) && !isCut(element)
      })
      .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`)
  })
}
