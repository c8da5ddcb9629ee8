import { useEventListener } from '@vueuse/core'

const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform)

/** How a shortcut is written on this platform: "mod+shift+o" → "⌘⇧O" or "Ctrl Shift O". */
export function shortcutText(shortcut: string): string {
  const names: Record<string, string> = isMac
    ? { mod: '⌘', shift: '⇧', alt: '⌥', delete: '⌫', escape: 'esc', space: 'space' }
    : { mod: 'Ctrl', shift: 'Shift', alt: 'Alt', delete: 'Del', escape: 'Esc', space: 'Space' }
  const parts = shortcut
    .split('+')
    .map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part))
  return parts.join(isMac ? '' : ' ')
}

/** The shortcut that a key event spells, in the order mod, alt, shift, key: "mod+shift+o". */
export function shortcutOf(event: KeyboardEvent): string {
  const key = event.key === ' ' ? 'space' : event.key.toLowerCase()
  const parts = [key === 'backspace' ? 'delete' : key]
  // Shift is part of a printed character such as "?" already.
  if (event.shiftKey && (key.length > 1 || /^[a-z0-9]$/.test(key))) parts.unshift('shift')
  if (event.altKey) parts.unshift('alt')
  if (isMac ? event.metaKey : event.ctrlKey) parts.unshift('mod')
  return parts.join('+')
}

/** Whether the person is writing: single keys then belong to the text. */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type)
}

const isInLayer = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  target.closest('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null

/**
 * Runs what a shortcut is for, anywhere in the window, while the component lives. A table's function may return false
 * to say "not mine". Nothing runs while a dialog or menu is open, and single keys not while somebody writes.
 */
export function useShortcuts(
  table: Readonly<Record<string, (event: KeyboardEvent) => boolean | void>>,
): void {
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.defaultPrevented || isInLayer(event.target)) return
    const shortcut = shortcutOf(event)
    const run = table[shortcut]
    if (!run) return
    if (isWriting(event.target) && !/^(mod|alt)\+|^f\d+$|^shift\+f\d+$/.test(shortcut)) return
    if (run(event) === false) return
    event.preventDefault()
  })
}
