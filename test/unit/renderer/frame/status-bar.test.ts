import { afterEach, describe, expect, it } from 'vitest'
import StatusWatching from '@renderer/features/watch-folders/StatusWatching.vue'
import { useNavigation } from '@renderer/stores/navigation.ts'
import { useWatchFolders } from '@renderer/stores/watch-folders.ts'
import { freshPage, mountOnPage, settle } from '../support/page.ts'

let unmount = () => {}
afterEach(() => unmount())

describe('watch folders in the status bar', () => {
  it('says how many of all are watched, follows, and leads there', async () => {
    const { pinia } = freshPage()
    const watchFolders = useWatchFolders()
    await settle()
    const page = mountOnPage(StatusWatching, pinia)
    unmount = () => page.unmount()
    const all = watchFolders.folders.length
    const watching = watchFolders.watchingCount
    expect(watching).toBeLessThan(all)
    expect(page.get('button').text()).toBe(`${watching} of ${all} folders watching`)

    const first = watchFolders.folders.find((folder) => folder.state === 'watching')
    await watchFolders.pause(first!.id, true)
    await settle()
    expect(page.get('button').text()).toBe(`${watching - 1} of ${all} folders watching`)

    await page.get('button').trigger('click')
    expect(useNavigation().place.section).toBe('watch')
  })

  it('is not there without a folder', async () => {
    const { pinia } = freshPage()
    const watchFolders = useWatchFolders()
    await settle()
    for (const { id } of watchFolders.folders) await watchFolders.remove(id)
    const page = mountOnPage(StatusWatching, pinia)
    unmount = () => page.unmount()
    expect(page.find('button').exists()).toBe(false)
  })
})
