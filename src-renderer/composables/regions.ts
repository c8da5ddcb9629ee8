const focusable = 'button, [href], input, select, textarea, [tabindex]'

const canFocus = (element: HTMLElement) =>
  element.tabIndex >= 0 && !element.hasAttribute('disabled') && element.offsetParent !== null

/** Regions of the window that can take the focus, in the order of the page. */
function regions(): HTMLElement[] {
  const all = [...document.querySelectorAll<HTMLElement>('[data-region]')]
  return all.filter((region) => [...region.querySelectorAll<HTMLElement>(focusable)].some(canFocus))
}

/** Moves the focus to the next (1) or previous (-1) region: to where it was in it, else to its first stop. */
export function focusRegion(step: 1 | -1): void {
  const all = regions()
  const now = all.findIndex((region) => region.contains(document.activeElement))
  const target = all[(now + step + all.length) % all.length]
  if (!target) return
  const stops = [...target.querySelectorAll<HTMLElement>(focusable)].filter(canFocus)
  const current = stops.find((stop) =>
    stop.matches('[aria-current], [aria-selected="true"], [data-first-stop]'),
  )
  ;(current ?? stops[0])?.focus()
}
