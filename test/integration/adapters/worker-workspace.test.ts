import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WorkerWorkspace } from '@main/adapters/node/worker-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

const script = new URL('../../../src-main/workspace/worker.ts', import.meta.url)

let workspaces: WorkerWorkspace
let gone: string[]
beforeEach(() => {
  gone = []
  workspaces = new WorkerWorkspace(script, (reason) => gone.push(reason))
})
afterEach(() => workspaces.stop())

async function ask({
  url,
  appId,
  authToken,
}: {
  url: string
  appId: string
  authToken: string
}): Promise<number> {
  const headers = { 'App-ID': appId, 'Auth-Token': authToken }
  return (await fetch(`${url}/API/users/v1/users/current/`, { headers })).status
}

it('starts one workspace for a folder, however often it is asked, and answers there', async () => {
  const folder = await tempFolder()
  const [first, second] = await Promise.all([workspaces.start(folder), workspaces.start(folder)])
  expect(second).toEqual(first)
  expect(first.dataDir).toBe(path.resolve(folder))
  expect(await ask(first)).toBe(200)
  expect(await workspaces.usedBytes(folder)).toBeGreaterThan(0)
})

it('closes when it is stopped, and starts again with the same identity', async () => {
  const folder = await tempFolder()
  const first = await workspaces.start(folder)
  await workspaces.stop()
  await expect(ask(first)).rejects.toThrow('fetch failed')
  const again = await workspaces.start(folder)
  expect(again.appId).toBe(first.appId)
  expect(await ask(again)).toBe(200)
  expect(gone).toEqual([])
})

it('changes the folder by closing the first', async () => {
  const first = await workspaces.start(await tempFolder())
  const second = await workspaces.start(await tempFolder())
  expect(second.appId).not.toBe(first.appId)
  await expect(ask(first)).rejects.toThrow('fetch failed')
})

it('names a folder that cannot be one, and may be asked again', async () => {
  const folder = await tempFolder()
  const file = path.join(folder, 'file')
  fs.writeFileSync(file, '')
  await expect(workspaces.start(path.join(file, 'data'))).rejects.toMatchObject({
    message: expect.stringContaining(file) as string,
  })
  expect(await ask(await workspaces.start(path.join(folder, 'data')))).toBe(200)
})

it('has used nothing where there is nothing', async () => {
  expect(await workspaces.usedBytes(path.join(await tempFolder(), 'none'))).toBe(0)
})
