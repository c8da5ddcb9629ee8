import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { assumptionTable } from '@main/workspace/assumptions.ts'

const page = fileURLToPath(new URL('../../../docs/workspace-assumptions.md', import.meta.url))

const rows = Object.entries(assumptionTable).map(([name, row]) => [
  `\`${name}\``,
  `\`${String(row.value)}\``,
  row.means,
])
const widths = [0, 1, 2].map((column) =>
  Math.max(...[['Name', 'Default', 'Meaning'], ...rows].map((row) => row[column]?.length ?? 0)),
)
const line = (cells: string[], fill = ' ') =>
  `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`

const text = () =>
  [
    '# What the local workspace assumes about iconik',
    '',
    'Where the public record is silent the workspace chooses. Each choice can be switched with the option `assumptions` of',
    '`startWorkspace`. This page is written from the table in `src-main/workspace/assumptions.ts`; `UPDATE_DOCS=1` renews it.',
    '',
    line(['Name', 'Default', 'Meaning']),
    line(['', '', ''], '-'),
    ...rows.map((row) => line(row)),
    '',
  ].join('\n')

it('the page of assumptions says what the table says', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, text())
  expect(existsSync(page) ? readFileSync(page, 'utf8') : '').toBe(text())
})
