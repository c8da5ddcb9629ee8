import type { Operation } from '@main/workspace/http/operation.ts'
import { shapeOf, type OpenapiCheck } from '../openapi.ts'
import { outsideScope } from './outside-scope.ts'

export interface Row {
  method: string
  /** With its placeholders, after the host. */
  path: string
  state: 'implemented' | '501'
  /** For 501: why. For what is implemented: what it is checked against. */
  note: string
}

const keyOf = (row: Pick<Row, 'method' | 'path'>) => `${row.method} ${shapeOf(row.path)}`
const byName = (left: Row, right: Row) =>
  left.path.localeCompare(right.path, 'en') || left.method.localeCompare(right.method, 'en')

const ownRow = ({ method, service, path }: Operation, check: OpenapiCheck | null): Row => {
  const template = `/API/${service}${path}`
  const isDescribed = check === null || check.find(method, template) !== undefined
  return { method, path: template, state: 'implemented', note: isDescribed ? 'walk' : 'walk; not described' }
}

/** Everything that the workspace has and, where iconik's descriptions are there, everything that it has not. */
export function tableOf(operations: readonly Operation[], check: OpenapiCheck | null): Row[] {
  const own = operations.map((operation) => ownRow(operation, check))
  const have = new Set(own.map(keyOf))
  const others = (check?.operations() ?? [])
    .map(({ method, template }): Row => ({ method, path: template, state: '501', note: reasonFor(template) }))
    .filter((row) => !have.has(keyOf(row)))
  return [...own, ...others].sort(byName)
}

/** Why an operation is not here; empty for a gap. */
const reasonFor = (template: string): string =>
  outsideScope.find(({ path }) => path.test(shapeOf(template)))?.because ?? ''

export const gapsOf = (rows: readonly Row[]): string[] =>
  rows.filter((row) => row.state === '501' && row.note === '').map(({ method, path }) => `${method} ${path}`)

const serviceOf = ({ path }: Row) => path.split('/')[2] ?? ''

/** A line for each service and one for all: how many are implemented and how many answer 501. */
export function summaryOf(rows: readonly Row[]): string[] {
  const services = [...new Set(rows.map(serviceOf))]
  const line = (name: string, some: readonly Row[]) => {
    const implemented = some.filter((row) => row.state === 'implemented').length
    return `| ${name} | ${implemented} | ${implemented} | ${some.length - implemented} |`
  }
  return [
    '| Service | Implemented | Checked | Answering 501 |',
    '| --- | ---: | ---: | ---: |',
    ...services.map((service) =>
      line(
        service,
        rows.filter((row) => serviceOf(row) === service),
      ),
    ),
    line('all', rows),
  ]
}

/** The page in docs/. */
export function pageOf(rows: readonly Row[]): string {
  const services = [...new Set(rows.map(serviceOf))]
  return [
    '# What the local workspace has of iconik’s API',
    '',
    'Every operation of iconik’s published descriptions, and whether the local workspace has it. Each one that is',
    'implemented is gone over by `test/ci/workspace-walk.test.ts`: good input, malformed and missing fields, unknown',
    'ids, refusals, paging; its answers are held against the description. The others answer 501. This page is written by',
    '`test/integration/workspace/operation-table.test.ts`; `UPDATE_DOCS=1` renews it where the descriptions are there.',
    '',
    ...summaryOf(rows),
    ...services.flatMap((service) => [
      '',
      `## ${service}`,
      '',
      '| Operation | State | Checked by, or why not |',
      '| --- | --- | --- |',
      ...rows
        .filter((row) => serviceOf(row) === service)
        .map(({ method, path, state, note }) => `| \`${method} ${path}\` | ${state} | ${note} |`),
    ]),
    '',
  ].join('\n')
}

/** The rows of a page that pageOf wrote, whatever a formatter did to its columns. */
export function rowsOfPage(text: string): Row[] {
  return [...text.matchAll(/^\| `(\w+) (\S+)`\s*\| (implemented|501)\s*\| (.*?)\s*\|$/gm)].map(
    ([, method = '', path = '', state, note = '']) => ({ method, path, state: state as Row['state'], note }),
  )
}
