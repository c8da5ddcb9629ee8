import { expect, it } from 'vitest'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { watchWorld } from '@test/support/watch-world.ts'

it('a folder whose rules cannot be read waits for a person, and the others go on', async () => {
  const db = openDatabase(':memory:')
  const world = watchWorld(db)
  for (const name of ['/in', '/other']) world.fileSystem.addFolder(name)
  const { folders } = world.build()
  await folders.start()
  const { id } = await folders.add('/in', { collectionPath: ['Day 14'] })
  await folders.add('/other', {})
  await folders.stop()
  db.prepare(
    `UPDATE watch_folders SET rules = json_set(rules, '$.settleSeconds', 'soon') WHERE path = '/in'`,
  ).run()
  const old = { mtimeMs: 1_600_000_000_000 }
  world.fileSystem.write('/in/a.mov', 'a', old)
  world.fileSystem.write('/other/b.mov', 'b', old)

  const again = world.build()
  await again.folders.start()
  await world.clock.pass(20_000)
  const broken = () => again.folders.list().find(({ path }) => path === '/in')
  expect(broken()).toMatchObject({
    state: 'failed',
    rules: { settleSeconds: 5, collectionPath: ['Day 14'] },
    problem: { message: expect.stringContaining('settleSeconds') },
  })
  expect(world.queue.uploadedPaths).toEqual(['/other/b.mov'])

  // To pause it is no word on its rules: the next start finds them as they were.
  await again.folders.pause(id, true)
  await again.folders.pause(id, false)
  await again.folders.stop()
  const later = world.build()
  await later.folders.start()
  await world.clock.pass(20_000)
  expect(world.queue.uploadedPaths).toEqual(['/other/b.mov'])

  later.folders.update(id, { settleSeconds: 3 })
  await world.clock.pass(20_000)
  expect(later.folders.list().find(({ path }) => path === '/in')).toMatchObject({
    state: 'watching',
    problem: null,
  })
  expect(world.queue.uploadedPaths.toSorted()).toEqual(['/in/a.mov', '/other/b.mov'])
})
