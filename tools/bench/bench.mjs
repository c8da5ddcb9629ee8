// npm run bench [-- NAME...] [--quick] [--json]: measures side by side in one run and prints a JSON object a line, or for
// people a short table. Limits are what the row is judged by; peers that are not there are named.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { ipcLatency } from './ipc-latency.mjs'
import { uploadLarge } from './upload-large.mjs'
import { uploadLimited } from './upload-limited.mjs'
import { uploadMemory } from './upload-memory.mjs'
import { watchScan } from './watch-scan.mjs'
import { uploadSmall } from './upload-small.mjs'

const rows = {
  'upload-large': uploadLarge,
  'upload-small': uploadSmall,
  'upload-limited': uploadLimited,
  'upload-memory': uploadMemory,
  'ipc-latency': ipcLatency,
  'watch-scan': watchScan,
}

const args = process.argv.slice(2)
const names = args.filter((arg) => !arg.startsWith('-'))
const unknown = [
  ...names.filter((name) => !(name in rows)),
  ...args.filter((arg) => arg.startsWith('-') && !/^--(quick|json)$/.test(arg)),
]
if (unknown.length > 0) {
  console.error(
    `Unknown: ${unknown.join(', ')}. Rows: ${Object.keys(rows).join(', ')}; options: --quick, --json.`,
  )
  process.exit(2)
}
const quick = args.includes('--quick')
const json = args.includes('--json')

if (!json)
  console.log(
    `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.availableParallelism()} cores, load ${os.loadavg()[0].toFixed(1)}`,
  )
for (const name of names.length > 0 ? names : Object.keys(rows)) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ferry-bench-'))
  try {
    const row = await rows[name]({ folder, quick })
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
