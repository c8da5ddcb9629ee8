import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import PlanSheet from '@renderer/features/plan/PlanSheet.vue'
import { usePlans } from '@renderer/stores/plans.ts'
import { freshPage, mountOnPage, settle } from '../../support/page.ts'

let unmount = () => {}
beforeEach(() => vi.stubGlobal('reportError', () => undefined))
afterEach(() => unmount())

it(
  'gives the focus to the first thing to decide, and never to what would discard it',
  { timeout: 60_000 },
  async () => {
    const { pinia } = freshPage()
    const plans = usePlans()
    const page = mountOnPage(PlanSheet, pinia)
    unmount = () => page.unmount()
    const opened = plans.open(['/Volumes/A'])
    await settle()
    await opened
    const first = () => {
      const field = plans.plan?.blockers.find((entry) => entry.field !== null)?.field
      return document.querySelector(
        field ? `[data-field="${field}"] :is(input, button)` : '[data-starts-plan]',
      )
    }
    await vi.waitFor(() => expect(document.activeElement === first()).toBe(true), { timeout: 20_000 })
    expect(plans.plan?.state).toBe('ready')
  },
)
