import type { ReceiptFacts, ReceiptFile } from './receipt-facts.ts'

const COLUMNS: [string, (file: ReceiptFile) => string | number | null][] = [
  ['path', (file) => file.path],
  ['title', (file) => file.title],
  ['state', (file) => file.state],
  ['size_bytes', (file) => file.sizeBytes],
  ['modified', (file) => new Date(file.mtimeMs).toISOString()],
  ['uploaded', (file) => (file.closedMs === null ? '' : new Date(file.closedMs).toISOString())],
  ['asset_id', (file) => file.assetId],
  ['file_id', (file) => file.fileId],
  ['md5', (file) => file.md5],
  ['sha1', (file) => file.sha1],
  ['crc32c', (file) => file.crc32c],
  ['xxh128', (file) => file.xxh128],
  ['evidence', (file) => file.evidence],
  ['reason', (file) => file.reason],
]

/** CSV by RFC 4180, UTF-8 with a byte order mark so that spreadsheets read umlauts. */
export function receiptCsv({ files }: ReceiptFacts): string {
  const lines = [
    COLUMNS.map(([name]) => name).join(','),
    ...files.map((file) => COLUMNS.map(([, value]) => cell(value(file) ?? '')).join(',')),
  ]
  return `\ufeff${lines.join('\r\n')}\r\n`
}

/** A spreadsheet takes a text that begins like a formula for one, in wide signs too, and file names are hostile text: an apostrophe stops it. */
function cell(value: string | number): string {
  const text =
    typeof value === 'string' && /^[=+\-@＝＋－＠\t\r\n]/u.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
