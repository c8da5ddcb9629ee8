import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import prettier from 'prettier'
import { operations } from '@main/workspace/routes/index.ts'
import { gapsOf, pageOf, rowsOfPage, summaryOf, tableOf } from '@test/support/conformance/operation-table.ts'
import { openapiCheck, shapeOf } from '@test/support/openapi.ts'
import { openWorkspace } from './client.ts'

const page = fileURLToPath(new URL('../../../docs/workspace-operations.md', import.meta.url))
const check = openapiCheck()
const rows = tableOf(operations, check)
const kept = () => rowsOfPage(existsSync(page) ? readFileSync(page, 'utf8') : '')

it('declares no operation twice', () => {
  const names = operations.map(
    ({ method, service, path }) => `${method} ${shapeOf(`/API/${service}${path}`)}`,
  )
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

it('the page of operations names what is implemented, and nothing else as implemented', async () => {
  if (process.env['UPDATE_DOCS'] === '1' && check)
    writeFileSync(page, await prettier.format(pageOf(rows), { parser: 'markdown', printWidth: 120 }))
  const implemented = (list: typeof rows) =>
    list.filter((row) => row.state === 'implemented').map(({ method, path }) => `${method} ${path}`)
  expect(implemented(kept())).toEqual(implemented(rows))
})

it.runIf(check)('the page of operations is up to date, and there is no gap inside the scope', () => {
  console.log(summaryOf(rows).join('\n'))
  expect(gapsOf(rows)).toEqual([])
  expect(kept()).toEqual(rows)
})

it('answers 501 with the error body to everything else that iconik has', async () => {
  const { call } = await openWorkspace()
  const wrong: string[] = []
  for (const { method, path } of kept().filter((row) => row.state === '501')) {
    const { status, body } = await call(method, path.replace('/API/', '').replaceAll(/\{\w+\}/g, 'x'))
    const errors = body['errors'] as string[] | undefined
    if (status !== 501 || !errors?.[0]?.includes('outside the scope'))
      wrong.push(`${method} ${path}: ${status}`)
  }
  expect(wrong).toEqual([])
})
