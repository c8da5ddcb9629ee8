import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import WatchFoldersPage from '@renderer/features/watch-folders/WatchFoldersPage.vue'
import { freshPage, mountOnPage, settle } from '../../support/page.ts'

let unmount = () => {}
beforeEach(() => vi.stubGlobal('reportError', () => undefined))
afterEach(() => unmount())

async function openRules() {
  const { main, pinia } = freshPage()
  const open = async () => {
    const page = mountOnPage(WatchFoldersPage, pinia)
    unmount = () => page.unmount()
    await settle()
    const title = () => page.get('input[aria-label="Title"]')
    const press = async (label: string) => {
      await page
        .findAll('button')
        .find((button) => button.text() === label)!
        .trigger('click')
      await settle()
    }
    return { page, title, press }
  }
  const saves = () => main.calls.filter((call) => call.method === 'watchFolders.update')
  return { open, saves }
}

describe('rules of a watch folder', () => {
  it('are not saved while a token of them stands for nothing', async () => {
    const { open, saves } = await openRules()
    const { page, title, press } = await open()
    await title().setValue('{crad}_{stem}')
    await press('Save')
    expect(saves()).toEqual([])
    expect(page.text()).toContain('{crad} stands for nothing. Did you mean {card}?')

    await title().setValue('{card}_{stem}')
    await press('Save')
    expect(saves()).toMatchObject([{ input: { rules: { title: '{card}_{stem}' } } }])
    expect(page.text()).toContain('All changes are saved.')
  })
})
