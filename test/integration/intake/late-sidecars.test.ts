import { utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ViewId } from '@contract/ids.ts'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildFerry, runFerry } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import type { RunningWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { whatArrived } from '@test/support/what-arrived.ts'

beforeAll(buildFerry, 120_000)

const old = new Date(Date.now() - 3_600_000)

/** The first view of the workspace that has a plain text field. */
async function viewWithTextField({ api }: RunningWorkspace, views: { id: ViewId; name: string }[]) {
  for (const { id, name } of views) {
    const { fields } = await api.metadata.getView(id)
    const field = fields.find(({ fieldType, readOnly }) => /^(string|text)/.test(fieldType) && !readOnly)
    if (field && !fields.some(({ required }) => required)) return { id, name, field: field.name }
  }
  throw new Error('The workspace has no view with a text field.')
}

describe('sidecars that come after the upload', () => {
  it('describe the asset that is there, and never become one', async () => {
    const server = await runWorkspace()
    const views = await server.api.metadata.listViews()
    const view = await viewWithTextField(server, views)
    const text = view.field
    const [source, state] = [await tempFolder(), await tempFolder()]
    const write = (name: string, content: string) => {
      writeFileSync(path.join(source, name), content)
      utimesSync(path.join(source, name), old, old)
    }
    const upload = () =>
      runFerry(['upload', source, '--state', state, '--json', '--view', view.name], {
        FERRY_URL: server.workspace.url,
        FERRY_APP_ID: server.workspace.appId,
        FERRY_AUTH_TOKEN: server.workspace.authToken,
      })
    write('a.mov', 'the film')
    expect((await upload()).code).toBe(0)
    write(
      'a.mov.json',
      JSON.stringify({ metadata_values: { [text]: { field_values: [{ value: 'from the sidecar' }] } } }),
    )
    write('a.srt', '1\n00:00:00,000 --> 00:00:01,000\nHello')
    const late = await upload()
    expect(late.stderr).toBe('')
    expect(late.code).toBe(0)

    const arrived = await whatArrived(server)
    expect(arrived).toMatchObject([{ title: 'a.mov', formats: 1, fileSets: 1 }])
    expect(arrived[0]?.files.map(({ originalName }) => originalName).sort()).toEqual(['a.mov', 'a.srt'])
    const [{ id } = { id: '' }] = (await server.api.search.assets({ query: '*', perPage: 10 })).rows
    const { values } = await server.api.metadata.getValues('assets', id as never, view.id)
    expect(values[text]).toEqual(['from the sidecar'])

    const again = await upload()
    expect(again.code).toBe(0)
    expect(again.events.filter(({ event }) => event === 'done')).toEqual([])
  }, 120_000)
})
