const focusable = 'button, [href], input, select, textarea, [tabindex]'

export const canFocus = (element: HTMLElement) =>
  element.tabIndex >= 0 && !element.hasAttribute('disabled') && element.offsetParent !== null

/** What can take the focus in a region itself; a region inside it, such as the inspector in the sheet, has its own stops. */
const stopsOf = (region: HTMLElement) =>
  [...region.querySelectorAll<HTMLElement>(focusable)].filter(
    (stop) => stop.closest('[data-region]') === region && canFocus(stop),
  )

/** Regions of the window that can take the focus, in the order of the page. */
function regions(): HTMLElement[] {
  const all = [...document.querySelectorAll<HTMLElement>('[data-region]')]
  return all.filter((region) => stopsOf(region).length > 0)
}

/** Where the focus goes in a part of the page: to what is chosen there, else to its first stop. */
export function firstStop(within: HTMLElement): HTMLElement | undefined {
  const stops = [...within.querySelectorAll<HTMLElement>(focusable)].filter(canFocus)
  return (
    stops.find((stop) => stop.matches('[data-first-stop]')) ??
    stops.find((stop) => stop.matches('[aria-current], [aria-selected="true"]')) ??
    stops[0]
  )
}

/** Moves the focus to the next (1) or previous (-1) region: to where it was in it, else to its first stop. */
export function focusRegion(step: 1 | -1): void {
  const all = regions()
  const inner = document.activeElement?.closest<HTMLElement>('[data-region]') ?? null
  const now = inner ? all.indexOf(inner) : -1
  const target = all[(now + step + all.length) % all.length]
  if (!target) return
  const stops = stopsOf(target)
  const current = stops.find((stop) =>
    stop.matches('[aria-current], [aria-selected="true"], [data-first-stop]'),
  )
  ;(current ?? stops[0])?.focus()
}
