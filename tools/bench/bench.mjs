// npm run bench [-- NAME...] [--quick] [--json] [--keep FOLDER]: measures side by side in one run and prints a JSON object a
// line, or for people a short table. A row is a file of rows/. Limits are what the row is judged by; peers that are not there
// are named. With --keep a row that prepares for long (library) does so in FOLDER, and a later run of it begins there.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { findRows } from './find-rows.mjs'

const rows = await findRows(new URL('./rows/', import.meta.url))

const { names, quick, json, keep } = readArguments()

if (!json)
  console.log(
    `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.availableParallelism()} cores, load ${os.loadavg()[0].toFixed(1)}`,
  )
for (const name of names.length > 0 ? names : rows.keys()) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ferry-bench-'))
  const kept = keep ? path.resolve(keep, name) : folder
  await mkdir(kept, { recursive: true })
  try {
    const row = await rows.get(name)({ folder, kept, quick })
    console.log(json ? JSON.stringify(row) : table(row))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function readArguments() {
  const options = { quick: { type: 'boolean' }, json: { type: 'boolean' }, keep: { type: 'string' } }
  try {
    const { positionals, values } = parseArgs({ options, allowPositionals: true })
    const unknown = positionals.filter((name) => !rows.has(name))
    if (unknown.length === 0) return { names: positionals, ...values }
    console.error(`Unknown: ${unknown.join(', ')}. Rows: ${[...rows.keys()].join(', ')}.`)
  } catch (error) {
    console.error(`${error.message}. Options: --quick, --json, --keep FOLDER.`)
  }
  process.exit(2)
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
