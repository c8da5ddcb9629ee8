import { escapeMarkup as escape } from './escape-markup.ts'
import type { ReceiptFacts, ReceiptFile } from './receipt-facts.ts'

const WORDS: Record<ReceiptFile['state'], string> = {
  done: 'Done, proven',
  unproven: 'Closed, unproven',
  failed: 'Failed',
  cancelled: 'Cancelled',
  unfinished: 'Not finished',
}

/** One page for people; opens without network and runs no script. */
export function receiptHtml(facts: ReceiptFacts): string {
  const done = facts.files.filter((file) => file.state === 'done')
  const sizeBytes = done.reduce((sum, file) => sum + file.sizeBytes, 0)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Receipt: ${escape(facts.title)}</title>
<style>
:root { --ink: #1b1d21; --quiet: #5b616b; --paper: #ffffff; --line: #d8dbe0; --bad: #a3261b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8eb; --quiet: #a0a6b0; --paper: #16181c; --line: #33373e; --bad: #ff8a7d; }
}
body { font: 14px/1.5 system-ui, sans-serif; margin: 32px; color: var(--ink); background: var(--paper); }
h1 { font-size: 20px; overflow-wrap: anywhere; }
p { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 4px 16px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--quiet); font-weight: 500; }
td { overflow-wrap: anywhere; }
th.number, td.number { text-align: right; white-space: nowrap; }
td.time, td.sums { white-space: nowrap; }
td:first-child, td.id { min-width: 180px; }
td:nth-child(2) { min-width: 140px; }
code { font: 12px ui-monospace, monospace; }
.failed td:nth-child(2), .unproven td:nth-child(2) { color: var(--bad); }
</style>
</head>
<body>
<h1>${escape(facts.title)}</h1>
<p>${done.length} of ${facts.files.length} files proven, ${sizeBytes.toLocaleString('en')} bytes. Queued ${isoMinute(facts.createdMs)}, written ${isoMinute(facts.writtenMs)} (UTC). Batch <code>${escape(facts.batchId)}</code>.</p>
<table>
<thead><tr><th>File</th><th>State</th><th class="number">Bytes</th><th>Checksums</th><th>Asset</th><th>Uploaded</th></tr></thead>
<tbody>
${facts.files.map(row).join('\n')}
</tbody>
</table>
</body>
</html>
`
}

function row(file: ReceiptFile): string {
  const sums = (['md5', 'sha1', 'crc32c', 'xxh128'] as const)
    .filter((name) => file[name] !== null)
    .map((name) => `${name} <code>${escape(file[name] ?? '')}</code>`)
  const state = `${WORDS[file.state]}${file.reason ? `: ${file.reason}` : ''}`
  return `<tr class="${file.state}"><td>${escape(file.path)}</td><td title="${escape(file.evidence)}">${escape(state)}</td><td class="number">${file.sizeBytes.toLocaleString('en')}</td><td class="sums">${sums.join('<br>')}</td><td class="id"><code>${escape(file.assetId ?? '')}</code></td><td class="time">${file.closedMs === null ? '' : isoMinute(file.closedMs)}</td></tr>`
}

function isoMinute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}
