import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { openapiCheck } from '@test/support/openapi.ts'
import { recordCalls } from '@test/support/recorded-workspace.ts'
import { openWorkspace } from './client.ts'

const script = fileURLToPath(new URL('../../../docs/examples/first-calls.mjs', import.meta.url))
const run = promisify(execFile)
const check = openapiCheck()

/** The calls that iconik's introduction to its API names, and no others. */
const introduced = `
GET /assets/v1/assets/
GET /assets/v1/assets/{id}/
GET /metadata/v1/assets/{id}/
GET /files/v1/assets/{id}/files/
GET /files/v1/assets/{id}/proxies/
GET /jobs/v1/jobs/{id}/
GET /metadata/v1/fields/
GET /metadata/v1/fields/{name}/
GET /metadata/v1/views/
DELETE /assets/v1/assets/{id}/
DELETE /metadata/v1/fields/{name}/
DELETE /jobs/v1/jobs/{id}/
POST /assets/v1/assets/
POST /files/v1/assets/{id}/proxies/
POST /files/v1/assets/{id}/files/
POST /files/v1/assets/{id}/file_sets/
POST /files/v1/assets/{id}/formats/
POST /jobs/v1/jobs/
POST /metadata/v1/fields/
PATCH /assets/v1/assets/{id}/
PUT /assets/v1/assets/{id}/
PATCH /jobs/v1/jobs/{id}/
PUT /jobs/v1/jobs/{id}/
PATCH /metadata/v1/fields/{name}/
PUT /metadata/v1/fields/{name}/
`
  .trim()
  .split('\n')
  .sort()

const shapeOf = ({ method, path }: { method: string; path: string }) =>
  `${method} ${path
    .replace('/API', '')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, '{id}')
    .replace(/Weather_\w+/, '{name}')}`

it('the first calls of the examples run as they stand, leave nothing behind, and agree with the description', async () => {
  const { workspace, must } = await openWorkspace()
  const relay = await recordCalls(workspace.url)
  onTestFinished(() => relay.close())
  const before = await must('GET', 'metadata/v1/fields/')
  const { stdout } = await run(process.execPath, [script], {
    env: { FERRY_URL: relay.url, FERRY_APP_ID: workspace.appId, FERRY_AUTH_TOKEN: workspace.authToken },
  })
  expect(stdout.trim().split('\n').at(-1)).toBe('Every call did what it says.')
  expect([...new Set(relay.exchanges.map(shapeOf))].sort()).toEqual(introduced)
  const statuses: Record<string, number> = { POST: 201, GET: 200, PATCH: 200, PUT: 200, DELETE: 204 }
  expect(relay.exchanges.map((exchange) => exchange.status)).toEqual(
    relay.exchanges.map(({ method, path }) =>
      path.startsWith('/API/metadata/v1/assets/') ? 404 : statuses[method],
    ),
  )
  expect(relay.exchanges.flatMap((exchange) => check?.check(exchange).problems ?? [])).toEqual([])
  expect((await must('GET', 'metadata/v1/fields/')).objects).toEqual(before.objects)
  expect((await must('GET', 'jobs/v1/jobs/')).total).toBe(0)
  expect((await must('GET', 'assets/v1/assets/')).total).toBe(0)
})

it('the examples say what they need, and stop at the first call that is refused', async () => {
  const { workspace } = await openWorkspace()
  await expect(run(process.execPath, [script], { env: {} })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('FERRY_APP_ID'),
  })
  await expect(
    run(process.execPath, [script], {
      env: { FERRY_URL: workspace.url, FERRY_APP_ID: workspace.appId, FERRY_AUTH_TOKEN: 'wrong' },
    }),
  ).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('POST assets/v1/assets/ was answered with 401'),
  })
})
