import { parseUntrustedXml } from './untrusted-xml.ts'

/** Field to values, as sidecars give them. */
export type SidecarValues = Record<string, string[]>

const MOST_FIELDS = 2000
const LONGEST_VALUE = 100_000

/**
 * Reads a sidecar in one of the forms that iconik's storage gateway takes (iconik help, "Sidecar metadata"): JSON with `metadata_values`,
 * XML with the root `metadata_view`, CSV with a line of field names and one of values.
 *
 * @param extension lower case, without dot
 * @returns null when the content is none of these: then the file is no metadata
 */
export function readGatewaySidecar(text: string, extension: string): SidecarValues | null {
  try {
    if (extension === 'json') return fromJson(text)
    if (extension === 'xml') return fromXml(text)
    return extension === 'csv' ? fromCsv(text) : null
  } catch {
    return null
  }
}

function fromJson(text: string): SidecarValues | null {
  const body: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
  if (!isRecord(body) || !isRecord(body['metadata_values'])) return null
  const values: SidecarValues = {}
  for (const [field, entry] of Object.entries(body['metadata_values']).slice(0, MOST_FIELDS)) {
    if (!isRecord(entry) || !Array.isArray(entry['field_values'])) return null
    put(
      values,
      field,
      entry['field_values'].map((item) => (isRecord(item) ? item['value'] : undefined)),
    )
  }
  return values
}

function fromXml(text: string): SidecarValues | null {
  const document = parseUntrustedXml(text)
  if (!isRecord(document) || !isRecord(document['metadata_view'])) return null
  const root = document['metadata_view']['metadata_values']
  if (!isRecord(root)) return null
  const values: SidecarValues = {}
  for (const [field, entry] of Object.entries(root).slice(0, MOST_FIELDS)) {
    const items = list(isRecord(entry) ? entry['field_values'] : undefined)
    put(
      values,
      field,
      items.flatMap((item) => (isRecord(item) ? list(item['value']) : [])),
    )
  }
  return values
}

function fromCsv(text: string): SidecarValues | null {
  const rows = parseCsv(text.replace(/^\uFEFF/, '')).filter((row) => row.some((cell) => cell !== ''))
  const [header, ...lines] = rows
  if (!header || lines.length !== 1 || header.some((name) => name.trim() === '')) return null
  const values: SidecarValues = {}
  header.forEach((field, at) => {
    // "Car (1)" is a tag with its score.
    put(values, field.trim(), [(lines[0]?.[at] ?? '').replace(/ \(\d+(\.\d+)?\)$/, '')])
  })
  return values
}

/** RFC 4180: commas, quotes doubled inside quotes, line ends of either kind. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (quoted) {
      if (char !== '"') cell += char
      else if (text[at + 1] === '"') cell += text[++at]
      else quoted = false
    } else if (char === '"' && cell === '') quoted = true
    else if (char === ',' || char === '\n') {
      rows.at(-1)?.push(cell)
      cell = ''
      if (char === '\n') rows.push([])
    } else if (char !== '\r') cell += char
  }
  rows.at(-1)?.push(cell)
  return rows
}

/**
 * Reads the fields that editors write into XMP, by their local names: title, description, subject, creator, Rating, Label, scene,
 * shotName, takeNumber and so on, as properties or attributes of rdf:Description (Adobe XMP specification, part 1).
 */
export function readXmp(text: string): SidecarValues {
  const values: SidecarValues = {}
  try {
    // Not over a '<': a file full of beginnings would be read to its end from each of them.
    const document = parseUntrustedXml(text.replace(/<\?xpacket[^<>]*\?>/g, ''))
    for (const description of descriptionsIn(document))
      for (const [name, entry] of Object.entries(description).slice(0, MOST_FIELDS)) {
        const field = name.replace(/^@/, '')
        if (field === 'about' || field.startsWith('xmlns')) continue
        put(values, field, itemsOf(entry))
      }
  } catch {
    return {}
  }
  return values
}

function descriptionsIn(document: unknown): Record<string, unknown>[] {
  if (!isRecord(document)) return []
  const meta = isRecord(document['xmpmeta']) ? document['xmpmeta'] : document
  const rdf = meta['RDF']
  return isRecord(rdf) ? list(rdf['Description']).filter(isRecord) : []
}

/** Plain text, or the items of an rdf Bag, Seq or Alt (of an Alt the first: x-default). */
function itemsOf(entry: unknown): unknown[] {
  if (!isRecord(entry)) return list(entry)
  if (isRecord(entry['Alt'])) return list(entry['Alt']['li']).slice(0, 1).map(textOf)
  const array = isRecord(entry['Bag']) ? entry['Bag'] : isRecord(entry['Seq']) ? entry['Seq'] : null
  return array ? list(array['li']).map(textOf) : []
}

const textOf = (item: unknown) => (isRecord(item) ? item['#text'] : item)

function put(values: SidecarValues, field: string, items: readonly unknown[]): void {
  if (field === '' || field === '__proto__') return
  const texts = items
    .filter((item) => typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
    .map((item) => String(item).slice(0, LONGEST_VALUE))
    .filter((text) => text !== '')
  if (texts.length > 0)
    values[field] = [...(Object.hasOwn(values, field) ? (values[field] ?? []) : []), ...texts]
}

function list(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
