import { expect, it } from 'vitest'
import { watchWorld } from '@test/support/watch-world.ts'

/** Three accounts with a watch folder each; the first is in use. */
async function threeAccounts() {
  const world = watchWorld()
  const { folders } = world.build()
  for (const name of ['c', 'b', 'a']) {
    world.fileSystem.addFolder(`/${name}`)
    world.account.id = name
    await folders.start()
    await folders.add(`/${name}`, {})
  }
  await world.clock.pass(100)
  const watched = () => world.watcher.sessions.filter(({ isOpen }) => isOpen).map(({ root }) => root)
  return { ...world, folders, watched }
}

it('only the folders of the account that was chosen last are watched, however the switches overlap', async () => {
  const { folders, watcher, account, clock, watched } = await threeAccounts()
  expect(watched()).toEqual(['/a'])
  let letGo = () => {}
  watcher.closing = new Promise((resolve) => (letGo = resolve))
  account.id = 'b'
  const first = folders.start()
  account.id = 'c'
  const second = folders.start()
  await clock.pass(100)
  letGo()
  await Promise.all([first, second])
  await clock.pass(100)
  expect(watched()).toEqual(['/c'])
  account.id = 'nobody'
  await folders.start()
  expect(watched()).toEqual([])
})

it('a folder that does not come to rest keeps no other waiting', async () => {
  const { folders, watcher, account, clock, watched } = await threeAccounts()
  watcher.closing = new Promise(() => {})
  account.id = 'b'
  void folders.start()
  await clock.pass(60_000)
  expect(watched()).toContain('/b')
  expect(folders.list().map(({ path }) => path)).toEqual(['/b'])
})
