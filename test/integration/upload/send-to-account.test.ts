import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { SendRequest } from '@contract/send.ts'
import { MemorySecretStore } from '@main/adapters/memory/memory-secret-store.ts'
import { compose, openMachine } from '@main/compose.ts'
import { Redactor } from '@main/core/redact.ts'
import type { LocalWorkspace } from '@main/ports/local-workspace.ts'
import { planPaths } from '@main/services/intake/plan-paths.ts'
import { startWorkspace, type Workspace } from '@main/workspace/index.ts'
import { writeRandomFile } from '@test/support/ferry-command.ts'
import { runWorkspace, silentLogger } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { whatArrived } from '@test/support/what-arrived.ts'

/** The workspace of the app, in this process; one at a time. */
class LocalWorkspaceHere implements LocalWorkspace {
  #running: Workspace | null = null
  async start(dataDir: string) {
    if (this.#running?.dataDir !== dataDir) await this.stop()
    return (this.#running ??= await startWorkspace({ dataDir, previews: false }))
  }
  async stop() {
    await this.#running?.close()
    this.#running = null
  }
  usedBytes = async () => 0
}

/** Ferry with an account and a local workspace, which is open. */
async function station() {
  const account = await runWorkspace()
  const [stateDir, dataDir] = [await tempFolder(), await tempFolder()]
  const machine = openMachine({
    stateDir,
    logger: silentLogger,
    redactor: new Redactor(),
    network: { env: {} },
  })
  const workspace = new LocalWorkspaceHere()
  const services = compose(machine, {
    secrets: new MemorySecretStore(),
    workspace,
    workspaceDir: dataDir,
    followPreviews: false,
  })
  onTestFinished(async () => {
    await services.stop()
    await workspace.stop()
    await machine.close()
  })
  const { url, appId, authToken } = account.workspace
  const there = await services.accounts.connect({ url, appId, authToken, keepIn: 'session' })
  await services.accounts.openLocal()
  services.uploads.start()
  const rest = () => vi.waitFor(() => expect(services.uploads.unfinishedCount()).toBe(0), { timeout: 30_000 })
  const request = (more: Partial<SendRequest> = {}) =>
    SendRequest.parse({ accountId: there.id, assetIds: null, ...more })
  return {
    account,
    dataDir,
    services,
    request,
    local: () => services.session.require().api,
    async fill(...names: string[]) {
      const source = await tempFolder()
      mkdirSync(path.join(source, 'Reel'))
      const md5s = names.map((name, at) => writeRandomFile(path.join(source, 'Reel', name), 20_000 + at))
      const { plan } = await planPaths(
        { ...services, fileSystem: machine.fileSystem },
        [source],
        { mirrorTree: true },
        {},
      )
      await services.uploads.enqueue(plan)
      await rest()
      return Object.fromEntries(names.map((name, at) => [name, md5s[at]]))
    },
    /** Sends and waits until the queue of the account is at rest; then the workspace is open again. */
    async send(more: Partial<SendRequest> = {}) {
      const sent = await services.sending.start(request(more))
      await services.accounts.switchTo(there.id)
      await rest()
      await vi.waitFor(() => expect(services.uploads.hasOpenTracks(false)).toBe(false), { timeout: 30_000 })
      const states = sent.uploadIds.map((id) => services.uploads.outcome(id))
      await services.accounts.openLocal()
      return { ...sent, states }
    },
  }
}

it('takes title, bytes, collection and the values that the view takes, and says which stay behind', async () => {
  const { services, request, account, fill, send, local } = await station()
  const md5s = await fill('a.mov', 'b.mov')
  const [clip, review] = await local().metadata.listViews()
  const assets = (await local().search.assets({ query: '*', perPage: 10 })).rows
  for (const { id, title } of assets)
    await local().metadata.putSameValues(clip!.id, [id], {
      Description: [`About ${title}`],
      Keywords: ['x', 'y'],
    })
  await local().metadata.putSameValues(review!.id, [assets[0]!.id], { Status: ['Approved'] })
  await vi.waitFor(async () => {
    const { rows } = await local().search.assets({ query: '*', perPage: 10 })
    expect(rows.flatMap(({ metadata }) => Object.keys(metadata))).toContain('Status')
  })

  const plan = await services.sending.plan(request({ into: ['From here'] }))
  expect(plan).toMatchObject({
    newCount: 2,
    sentCount: 0,
    leftCount: 0,
    blockers: [],
    collectionCount: 2,
    sizeBytes: 40_001,
    fieldsLeft: [{ label: 'Status', reason: 'missing', assetCount: 1 }],
  })
  const { states } = await send({ into: ['From here'] })
  expect(states.map((state) => state?.state)).toEqual(['done', 'done'])
  const arrived = await whatArrived(account)
  expect(Object.fromEntries(arrived.map(({ title, md5s: [md5] }) => [title, md5]))).toEqual(md5s)
  for (const { title, metadata } of (await account.api.search.assets({ query: '*', perPage: 10 })).rows)
    expect(metadata).toMatchObject({ Description: [`About ${title}`], Keywords: ['x', 'y'] })
  const collections = (await account.api.collections.list(1, 10)).rows
  expect(collections.map(({ title }) => title).sort()).toEqual(['From here', 'Reel'])

  // Once: also when two ask at the same time, and with choices that differ.
  const [one, two] = await Promise.all([
    services.sending.start(request()),
    services.sending.start(request({ withCollections: false, access: 'private' })),
  ])
  expect([one.queuedCount, two.queuedCount]).toEqual([0, 0])
  expect(await whatArrived(account)).toHaveLength(2)
})

it('names what cannot be fetched, and sends the rest', async () => {
  const { services, request, account, fill, send, local } = await station()
  await fill('a.mov', 'b.mov')
  const rows = (await local().search.assets({ query: '*', perPage: 10 })).rows
  const gone = rows.find(({ title }) => title === 'a.mov')
  expect((await services.sending.plan(request())).newCount).toBe(2)
  // Purged after it was planned, and before its turn.
  await local().assets.trash([gone!.id])
  await local().assets.purge([gone!.id])
  await vi.waitFor(async () => {
    expect(
      (
        await local()
          .files.listFiles(gone!.id)
          .catch(() => [])
      ).length,
    ).toBe(0)
  })
  const { states } = await send()
  expect(states.map((state) => state?.state).sort()).toEqual(['done', 'failed'])
  expect(states.find((state) => state?.state === 'failed')?.reason).toMatch(
    /^a\.mov could not be fetched from the local workspace/,
  )
  expect((await whatArrived(account)).map(({ title }) => title)).toEqual(['b.mov'])
})

it('sends nothing to the account that it comes from', async () => {
  const { services, request, fill } = await station()
  await fill('a.mov')
  const own = services.session.require().accountId
  await expect(services.sending.plan(request({ accountId: own }))).rejects.toMatchObject({
    code: 'api.invalid',
  })
})
