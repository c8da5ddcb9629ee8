import { useEventListener, useMutationObserver } from '@vueuse/core'
import { canFocus, firstStop } from './regions.ts'

/** Rows that scroll out of sight are taken away too; that is no loss to make good. */
const SCROLLED_MS = 300

/**
 * What has the focus may go away with what it did: a button with its row, a field with its edit. The focus then falls to the page, and
 * whoever works with the keys starts over. This gives it to what is left around it: the row, the list, the form, else the sheet.
 */
export function useKeptFocus(): void {
  let last: HTMLElement | null = null
  let around: HTMLElement[] = []
  let scrolledMs = 0

  useEventListener(document, 'focusin', ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement) || target === document.body) return
    last = target
    around = []
    for (let parent = target.parentElement; parent && parent !== document.body; parent = parent.parentElement)
      around.push(parent)
  })
  // A press beside everything takes the focus away on purpose.
  useEventListener(
    document,
    'pointerdown',
    ({ target }: PointerEvent) => {
      if (!last || !(target instanceof Node) || !last.contains(target)) last = null
    },
    { capture: true },
  )
  useEventListener(document, 'scroll', () => (scrolledMs = Date.now()), { capture: true, passive: true })
  useMutationObserver(
    document.body,
    () => {
      if (!last || last.isConnected) return
      last = null
      const isElsewhere = document.activeElement !== null && document.activeElement !== document.body
      if (isElsewhere || Date.now() - scrolledMs < SCROLLED_MS) return
      place()?.focus({ preventScroll: true })
    },
    { childList: true, subtree: true },
  )
  function place(): HTMLElement | undefined {
    for (const element of around) {
      if (!element.isConnected) continue
      const stop = canFocus(element) ? element : firstStop(element)
      if (stop) return stop
    }
    // Behind a dialog nothing takes the focus.
    if (document.querySelector('[role="dialog"], [role="alertdialog"]')) return undefined
    const sheet = document.querySelector<HTMLElement>('[data-region="sheet"]')
    return sheet ? firstStop(sheet) : undefined
  }
}
