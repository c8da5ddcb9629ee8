// npm run bench [-- NAME...] [--quick] [--json]: measures side by side in one run and prints a JSON object a line, or for
// people a short table. A row is a file of rows/. Limits are what the row is judged by; peers that are not there are named.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { findRows } from './find-rows.mjs'

const rows = await findRows(new URL('./rows/', import.meta.url))

const args = process.argv.slice(2)
const names = args.filter((arg) => !arg.startsWith('-'))
const unknown = [
  ...names.filter((name) => !rows.has(name)),
  ...args.filter((arg) => arg.startsWith('-') && !/^--(quick|json)$/.test(arg)),
]
if (unknown.length > 0) {
  console.error(
    `Unknown: ${unknown.join(', ')}. Rows: ${[...rows.keys()].join(', ')}; options: --quick, --json.`,
  )
  process.exit(2)
}
const quick = args.includes('--quick')
const json = args.includes('--json')

if (!json)
  console.log(
    `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.availableParallelism()} cores, load ${os.loadavg()[0].toFixed(1)}`,
  )
for (const name of names.length > 0 ? names : rows.keys()) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ferry-bench-'))
  try {
    const row = await rows.get(name)({ folder, quick })
    console.log(json ? JSON.stringify(row) : table(row))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function table({ name, unit, ours, peers, ratio, limits, absent }) {
  const line = (title, figures) =>
    Object.entries(figures ?? {}).map(([key, value]) => `  ${title.padEnd(7)}${key.padEnd(34)}${value}`)
  return [
    `${name} (${unit ?? 'not measured'})`,
    ...line('ours', ours),
    ...line('peer', peers),
    ...line('ratio', ratio),
    ...line('limit', limits),
    ...(absent.length > 0 ? [`  absent ${absent.join(', ')}`] : []),
  ].join('\n')
}
