import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildFerry, runFerry } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import type { RunningWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

beforeAll(buildFerry, 120_000)

const old = new Date('2026-03-18T12:00:00Z')
const page = readFileSync(new URL('../../../docs/templates.md', import.meta.url), 'utf8')
const example = /```json\n(.*?)```/s.exec(page)?.[1] ?? ''

function write(file: string, content: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
  utimesSync(file, old, old)
}

/** A view as the example of the page has it. */
async function makeView({ workspace }: RunningWorkspace): Promise<string> {
  const headers = {
    'app-id': workspace.appId,
    'auth-token': workspace.authToken,
    'content-type': 'application/json',
  }
  const post = async (place: string, body: unknown) => {
    const answer = await fetch(`${workspace.url}/API/metadata/v1/${place}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    // The workspace has fields of these names already.
    if (answer.status === 409) return { id: '' }
    if (!answer.ok) throw new Error(`${place}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as { id: string }
  }
  for (const name of ['Scene', 'Take', 'Camera'])
    await post('fields/', { name, label: name, field_type: 'string' })
  await post('fields/', { name: 'Tags', label: 'Tags', field_type: 'tag_cloud' })
  const view = await post('views/', {
    name: 'Camera report',
    view_fields: [{ name: 'Scene', required: true }, { name: 'Take' }, { name: 'Camera' }, { name: 'Tags' }],
  })
  return view.id
}

describe('templates', () => {
  it('do what the page says of its example', async () => {
    const server = await runWorkspace()
    const viewId = await makeView(server)
    const [source, state] = [await tempFolder(), await tempFolder()]
    const template = path.join(state, 'template.json')
    writeFileSync(template, example)
    write(path.join(source, '2026-03-18', 'MU', '12A_3.mov'), 'no real film')
    write(path.join(source, '2026-03-18', 'MU', '12B_1.mov'), 'another')
    write(
      path.join(source, '2026-03-18', 'MU', '12B_1.mov.json'),
      JSON.stringify({ metadata_values: { Scene: { field_values: [{ value: 'from the sidecar' }] } } }),
    )
    write(path.join(source, 'loose.mov'), 'fits no pattern, so that it has no scene')
    const ferry = (...args: string[]) =>
      runFerry(['upload', source, '--state', state, '--json', '--template', template, ...args], {
        FERRY_URL: server.workspace.url,
        FERRY_APP_ID: server.workspace.appId,
        FERRY_AUTH_TOKEN: server.workspace.authToken,
      })
    const run = await ferry()
    expect(run.stderr).toBe('')
    // The clip without the required scene waits and says so.
    expect(run.events.filter(({ event }) => event === 'failed')).toMatchObject([
      { path: path.join(source, 'loose.mov'), reason: 'Scene is required.' },
    ])
    const { rows } = await server.api.search.assets({ query: '*', perPage: 10 })
    expect(rows.map(({ title }) => title).sort()).toEqual(['MU 12A_3.mov', 'MU 12B_1.mov'])
    for (const { id, title } of rows) {
      const { values } = await server.api.metadata.getValues('assets', id, viewId as never)
      const isFirst = title.includes('12A')
      expect(values).toMatchObject({
        Scene: [isFirst ? '12A' : 'from the sidecar'],
        Take: [isFirst ? '3' : '1'],
        Tags: ['harbour', 'MU'],
      })
    }
    const planned = run.events.filter(({ event }) => event === 'planned')
    expect(planned.map((event) => event['collection'])).toContain('Harbour/Day 2026-03-18')

    const dry = await ferry('--dry-run', '--collection', 'Elsewhere')
    expect(dry.events.find(({ event }) => event === 'planned')?.['collection']).toBe('Elsewhere')
  }, 120_000)

  it.each<[string, string, RegExp]>([
    ['no JSON', '{"title": ', /t\.json.*no JSON/],
    ['an unknown key', '{"titel": "x"}', /“titel” is not known there\. Known are: title,/],
    ['a wrong choice', '{"duplicates": "maybe"}', /duplicates has to be one of: skip, version, ingest/],
    [
      'a wrong value',
      '{"view": "V", "values": {"Scene": {"a": 1}}}',
      /values\.Scene has to be a text or a list/,
    ],
    ['values without a view', '{"values": {"Scene": "1"}}', /Values need a view/],
    ['an unknown view', '{"view": "Nowhere"}', /no metadata view “Nowhere”/],
    [
      'an unknown field',
      '{"view": "Camera report", "values": {"Sceen": "1"}}',
      /has no field “Sceen”. It has: Scene, Take/,
    ],
    [
      'an unknown token',
      '{"title": "{exif_Model}"}',
      /\{exif_Model\} is not a token\. Did you mean \{exif\.Model\}/,
    ],
    ['a brace that is not closed', '{"title": "{title"}', /A brace is not closed in “\{title”.*written \{\{/],
    [
      'names that nothing parts',
      '{"pathPattern": "{a}{b}/{stem}"}',
      /cannot tell where \{a\} ends and \{b\} begins/,
    ],
  ])(
    'refuse %s by name, before anything is sent',
    async (_, text, message) => {
      const server = await runWorkspace()
      await makeView(server)
      const [source, state] = [await tempFolder(), await tempFolder()]
      write(path.join(source, 'a.mov'), 'a')
      const file = path.join(state, 't.json')
      writeFileSync(file, text)
      const run = await runFerry(['upload', source, '--state', state, '--template', file], {
        FERRY_URL: server.workspace.url,
        FERRY_APP_ID: server.workspace.appId,
        FERRY_AUTH_TOKEN: server.workspace.authToken,
      })
      expect(run.stderr).toMatch(message)
      expect(run.code).toBe(2)
      expect((await server.api.search.assets({ query: '*', perPage: 1 })).rows).toEqual([])
    },
    60_000,
  )
})
