import type { Component } from 'vue'

export interface MenuAction {
  readonly label: string
  readonly icon?: Component
  /** The shortcut, as text. */
  readonly keys?: string
  /** Stands last, in red. */
  readonly danger?: boolean
  /** Why it cannot be used now; shown in place of the shortcut. */
  readonly disabledReason?: string
  /** Whether it is the choice that holds now; gives the entry a tick. */
  readonly checked?: boolean
  /** One of several that hold together: the menu stays open, so that more can be turned on or off. */
  readonly isOneOfMany?: boolean
  readonly run: () => void
}
export interface MenuLabel {
  readonly heading: string
}
/** One line of a menu: an action, a heading, or a dividing line. */
export type MenuEntry = MenuAction | MenuLabel | 'line'

export const isAction = (entry: MenuEntry): entry is MenuAction => typeof entry === 'object' && 'run' in entry
