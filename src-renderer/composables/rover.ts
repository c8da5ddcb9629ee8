/**
 * One tab stop for a row or column of controls: arrow keys, Home and End move inside. Put on the container's keydown;
 * its items carry `data-rove`.
 */
export function rove(event: KeyboardEvent, direction: 'vertical' | 'horizontal'): void {
  const keys = direction === 'vertical' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight']
  const container = event.currentTarget
  if (!(container instanceof HTMLElement)) return
  const items = [...container.querySelectorAll<HTMLElement>('[data-rove]')].filter(
    (item) => item.offsetParent !== null && !item.closest('[inert]'),
  )
  const now = items.indexOf(document.activeElement as HTMLElement)
  const targets: Record<string, number> = { Home: 0, End: items.length - 1 }
  const step = keys.indexOf(event.key)
  const next =
    step < 0 ? targets[event.key] : Math.min(items.length - 1, Math.max(0, now + (step === 0 ? -1 : 1)))
  const item = next === undefined ? undefined : items[next]
  if (!item) return
  event.preventDefault()
  item.focus()
}
