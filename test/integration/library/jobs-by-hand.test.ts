import { expect, it } from 'vitest'
import type { AccountId, AssetId } from '@contract/ids.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { Jobs } from '@main/services/jobs/jobs.ts'
import { ManualSession } from '@test/support/library-world.ts'
import { runWorkspace, silentLogger } from '@test/support/running-workspace.ts'

async function jobsWorld() {
  const server = await runWorkspace()
  const user = await server.api.auth.currentUser()
  const accountId = user.systemDomainId as AccountId
  const session = new ManualSession(accountId)
  session.become({
    accountId,
    kind: 'iconik',
    url: server.workspace.url,
    userId: user.id,
    userName: user.name,
    roles: new Set(),
    api: server.api,
  })
  const asset = (title: string) =>
    server.api.assets.create({ title, externalId: `x${title}`, collectionId: null, access: 'default' })
  return { server, asset, jobs: new Jobs({ session, clock: systemClock, logger: silentLogger }) }
}
const wanted = {
  type: 'ANALYZE',
  title: 'Look again',
  message: 'Twice',
  priority: 3,
  assetIds: [] as AssetId[],
}

it('makes one job for each asset, with what was written on it, and changes that later', async () => {
  const { server, asset, jobs } = await jobsWorld()
  const assetIds = [(await asset('one')).id, (await asset('two')).id]
  const made = await jobs.create({ ...wanted, assetIds })
  expect(made).toMatchObject({ error: null })
  expect(made.ids).toHaveLength(2)
  const rows = await Promise.all(made.ids.map((id) => jobs.get(id)))
  expect(rows.map(({ objectId }) => objectId)).toEqual(assetIds)
  expect(rows[0]).toMatchObject({ type: 'ANALYZE', title: 'Look again', priority: 3, objectType: 'assets' })

  const free = await jobs.create({ ...wanted, type: 'CUSTOM', priority: null })
  const [id] = free.ids
  const changed = await jobs.update(id!, { title: 'Listen', message: 'Once', priority: 9 })
  expect(changed).toMatchObject({ title: 'Listen', message: 'Once', priority: 9, objectId: null })
  expect((await server.api.jobs.get(id!)).title).toBe('Listen')
})

it('makes a job once though the answer gets lost, and says which could not be made', async () => {
  const { server, asset, jobs } = await jobsWorld()
  const there = (await asset('one')).id
  await server.setFaults([{ match: 'POST */jobs/', action: 'drop-after', times: 1 }])
  expect((await jobs.create({ ...wanted, assetIds: [there] })).ids).toHaveLength(1)
  expect((await server.api.jobs.list({ objectId: there }, 1, 10)).total).toBe(1)

  await server.setFaults([{ match: 'POST */jobs/', action: 'status', status: 403, p: 1 }])
  await expect(jobs.create(wanted)).rejects.toMatchObject({ code: 'auth.role-missing' })
})
