import { afterEach, expect, it } from 'vitest'
import CommandPalette from '@renderer/frame/CommandPalette.vue'
import { useNavigation } from '@renderer/stores/navigation.ts'
import { freshPage, mountOnPage, settle } from '../support/page.ts'

let unmount = () => {}
afterEach(() => unmount())

async function openPalette() {
  const { pinia } = freshPage()
  const page = mountOnPage(CommandPalette, pinia, { toggleSidebar: () => {} })
  unmount = () => page.unmount()
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, cancelable: true }))
  await settle()
  const input = document.querySelector<HTMLInputElement>('[role="dialog"] input')
  const labels = () =>
    [...document.querySelectorAll('[role="dialog"] [role="option"]')].map((option) => option.textContent)
  const type = async (text: string) => {
    if (input) input.value = text
    input?.dispatchEvent(new Event('input'))
    await settle()
  }
  return { input, labels, type }
}

it('opens with Ctrl K, and offers every section', async () => {
  const { labels } = await openPalette()
  for (const section of ['Library', 'Uploads', 'Watch folders', 'Jobs', 'Metadata', 'Settings'])
    expect(labels().some((label) => label?.startsWith(`Go to ${section}`))).toBe(true)
})

it('finds a command by its words in any order, and runs it once', async () => {
  const { labels, type } = await openPalette()
  await type('metadata go')
  expect(labels()).toHaveLength(1)
  const option = document.querySelector<HTMLElement>('[role="dialog"] [role="option"]')
  option?.click()
  await settle()
  expect(useNavigation().section).toBe('metadata')
  expect(document.querySelector('[role="dialog"]')).toBeNull()
})
