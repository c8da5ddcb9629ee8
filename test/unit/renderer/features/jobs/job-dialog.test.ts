import { afterEach, expect, it, vi } from 'vitest'
import JobDialog from '@renderer/features/jobs/JobDialog.vue'
import { freshPage, mountOnPage, settle } from '../../support/page.ts'

let unmount = () => {}
afterEach(() => unmount())

async function newJob() {
  const { pinia } = freshPage()
  const turned = vi.fn()
  const page = mountOnPage(JobDialog, pinia, {
    job: null,
    assetIds: [],
    open: true,
    'onUpdate:open': turned,
  })
  unmount = () => page.unmount()
  await settle()
  const escape = async () => {
    const target = document.activeElement ?? document
    target.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }))
    await settle()
  }
  return { turned, escape }
}

it('closes with Escape while nothing was written', async () => {
  const { turned, escape } = await newJob()
  await escape()
  expect(turned).toHaveBeenCalledWith(false)
})

it('stays with Escape when something would be lost', async () => {
  const { turned, escape } = await newJob()
  const message = document.querySelector<HTMLTextAreaElement>('#job-message')!
  message.value = 'Look at the grain'
  message.dispatchEvent(new Event('input'))
  await settle()
  await escape()
  expect(turned).not.toHaveBeenCalled()
})
