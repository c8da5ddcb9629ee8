import fs from 'node:fs'
import path from 'node:path'
import axe from 'axe-core'
import { expect, type Page } from '@playwright/test'

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

const SIZES = [
  { width: 900, height: 600 },
  { width: 1440, height: 900 },
  { width: 2560, height: 1440 },
]
/** Says all that is wrong, not the first thing only. */
const judge = expect.configure({ soft: true })

/** Judges a screen at each size and in both themes. With SCREENS=FOLDER a picture of each is kept there, to be looked at. */
export async function look(page: Page, name: string): Promise<void> {
  const keep = async (how: string) => {
    const folder = process.env.SCREENS
    if (!folder) return
    fs.mkdirSync(folder, { recursive: true })
    await page.screenshot({ path: path.join(folder, `${name.replaceAll(/\W+/g, '-')}-${how}.png`) })
  }
  for (const size of SIZES) {
    await page.setViewportSize(size)
    await judge.poll(() => overflowing(page), `${name} at ${size.width}×${size.height}`).toEqual([])
    if (size.width !== 1440) await keep(String(size.width))
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  for (const theme of ['dark', 'light']) {
    await page.evaluate((value) => {
      document.documentElement.dataset['theme'] = value
    }, theme)
    // A colour that still glides to its theme would be judged half way; a slow machine takes long for one look.
    await judge.poll(() => axeViolations(page), { message: `${name}, ${theme}`, timeout: 30_000 }).toEqual([])
    await keep(theme)
  }
}
