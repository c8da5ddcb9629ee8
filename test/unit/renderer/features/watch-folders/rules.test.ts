import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import WatchFoldersPage from '@renderer/features/watch-folders/WatchFoldersPage.vue'
import { useWatchFolders } from '@renderer/stores/watch-folders.ts'
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
  const calls = (methods: string[]) => main.calls.filter((call) => methods.includes(call.method))
  return { open, calls, saves: () => calls(['watchFolders.update']) }
}

// The whole page is mounted, which takes its time on a busy machine.
describe('rules of a watch folder', { timeout: 60_000 }, () => {
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

  it('are kept unsaved while another section is looked at, until they are saved or reverted', async () => {
    const { open } = await openRules()
    const first = await open()
    await first.title().setValue('{card}_{stem}')
    unmount()

    const second = await open()
    expect((second.title().element as HTMLInputElement).value).toBe('{card}_{stem}')
    expect(second.page.text()).toContain('1 change not saved')
    await second.press('Revert')
    unmount()

    const third = await open()
    expect((third.title().element as HTMLInputElement).value).toBe('')
    expect(third.page.text()).toContain('All changes are saved.')
  })

  it('of a new folder are set before it takes anything, and hold once it starts', async () => {
    const { open, calls } = await openRules()
    const { page, title, press } = await open()
    const { id } = (await useWatchFolders().add('/Volumes/NEW', {}, true))!
    await settle()
    expect(page.text()).toContain('Nothing is uploaded before you start')
    await title().setValue('{card}_{stem}')
    await press('Start watching')
    expect(calls(['watchFolders.update', 'watchFolders.pause'])).toMatchObject([
      { input: { id, rules: { title: '{card}_{stem}' } } },
      { input: { id, paused: false } },
    ])
    expect(page.text()).not.toContain('Start watching')
  })
})
