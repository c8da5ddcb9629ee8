import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** One element as it stands in a file: name, attributes, then what is inside, in order. */
export interface XmlElement {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  text: string
}

interface ElementRule {
  attributes?: Record<string, RegExp>
  required?: readonly string[]
  /** In this order; `many` may come again, `optional` may lack. Absent: text only. */
  sequence?: readonly { names: readonly string[]; optional?: true; many?: true }[]
  text?: RegExp
}

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
const ANY = /[^]*/
const ACTION = /^(original|verified|failed)$/
const HASH_ATTRIBUTES = { action: ACTION, hashdate: DATE }
const one = (name: string) => ({ names: [name] })
const maybe = (name: string) => ({ names: [name], optional: true as const })
const some = (...names: string[]) => ({ names, many: true as const })

/** Lower-case hex of the digest; a C4 id has an alphabet of its own. */
const FORMATS: Record<string, RegExp> = {
  c4: /^c4[1-9A-HJ-NP-Za-km-z]{88}$/,
  md5: /^[0-9a-f]{32}$/,
  sha1: /^[0-9a-f]{40}$/,
  xxh128: /^[0-9a-f]{32}$/,
  xxh3: /^[0-9a-f]{16}$/,
  xxh64: /^[0-9a-f]{16}$/,
}
const hashRules = Object.fromEntries(
  Object.entries(FORMATS).map(([name, text]) => [name, { attributes: HASH_ATTRIBUTES, text }]),
)

/**
 * ASC MHL 2.0 by its specification: names, order, attributes and values. Written for these tests from the words of the standard, so that it
 * shares no mistake with what writes the manifests.
 */
const MANIFEST: Record<string, ElementRule> = {
  hashlist: {
    attributes: { version: /^2\.0$/, xmlns: /^urn:ASC:MHL:v2\.0$/ },
    required: ['version', 'xmlns'],
    sequence: [
      one('creatorinfo'),
      one('processinfo'),
      maybe('hashes'),
      maybe('metadata'),
      maybe('references'),
    ],
  },
  creatorinfo: {
    sequence: [
      one('creationdate'),
      one('hostname'),
      one('tool'),
      { names: ['author'], optional: true, many: true },
      maybe('location'),
      maybe('comment'),
    ],
  },
  creationdate: { text: DATE },
  hostname: { text: ANY },
  tool: { attributes: { version: ANY }, required: ['version'], text: /\S/ },
  processinfo: { sequence: [one('process'), maybe('roothash'), maybe('ignore')] },
  process: { text: /^(in-place|transfer|flatten)$/ },
  ignore: { sequence: [some('pattern')] },
  pattern: { text: /\S/ },
  hashes: { sequence: [some('hash', 'directoryhash')] },
  hash: { sequence: [one('path'), ...Object.keys(FORMATS).map(maybe), maybe('previousPath')] },
  path: {
    attributes: { size: /^\d+$/, creationdate: DATE, lastmodificationdate: DATE },
    // From the root, by '/', with neither '.' nor '..'.
    text: /^(?!\/)(?!(?:[^]*\/)?\.{1,2}(?:\/|$))[^]*[^/]$/,
  },
  ...hashRules,
}

const CHAIN: Record<string, ElementRule> = {
  ascmhldirectory: {
    attributes: { xmlns: /^urn:ASC:MHL:DIRECTORY:v2\.0$/ },
    required: ['xmlns'],
    sequence: [some('hashlist')],
  },
  hashlist: {
    attributes: { sequencenr: /^[1-9]\d*$/ },
    required: ['sequencenr'],
    sequence: [one('path'), one('c4')],
  },
  path: { text: /^\d{4,}_.+_\d{4}-\d\d-\d\d_\d{6}Z?\.mhl$/ },
  c4: { text: FORMATS['c4'] as RegExp },
}

/** @throws Error when it is no well-formed XML with one element outside */
export function parseXmlElement(text: string): XmlElement {
  const valid = XMLValidator.validate(text)
  if (valid !== true) throw new Error(valid.err.msg)
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    htmlEntities: true,
  })
  const root = elementsOf(parser.parse(text) as Node[]).find(({ name }) => name !== '?xml')
  if (!root) throw new Error('there is no element')
  return root
}

type Node = { ':@'?: Record<string, string> } & Record<string, unknown>

function elementsOf(nodes: Node[]): XmlElement[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text')
    if (name === undefined) return []
    const inside = node[name] as Node[]
    const text = inside.map((child) => ('#text' in child ? String(child['#text']) : '')).join('')
    return [{ name, attributes: node[':@'] ?? {}, children: elementsOf(inside), text }]
  })
}

export function manifestProblems(root: XmlElement): string[] {
  const problems = root.name === 'hashlist' ? check(root, MANIFEST, '') : [`the root is ${root.name}`]
  const records = root.children.find(({ name }) => name === 'hashes')?.children ?? []
  const paths = records.map((record) => record.children[0]?.text ?? '')
  const twice = paths.filter((path, at) => paths.indexOf(path) !== at)
  if (twice.length > 0) problems.push(`more than one record for ${twice.join(', ')}`)
  for (const { name, children } of records)
    if (name === 'hash') {
      const sums = children.slice(1)
      if (sums.length === 0) problems.push(`${children[0]?.text}: no sum`)
      for (const sum of sums)
        if (!sum.attributes['action']) problems.push(`${children[0]?.text}: ${sum.name} has no action`)
    }
  return problems
}

export function chainProblems(root: XmlElement): string[] {
  const problems = root.name === 'ascmhldirectory' ? check(root, CHAIN, '') : [`the root is ${root.name}`]
  root.children.forEach(({ attributes }, at) => {
    if (attributes['sequencenr'] !== String(at + 1))
      problems.push(`entry ${at + 1} says it is ${attributes['sequencenr']}`)
  })
  return problems
}

function check(element: XmlElement, rules: Record<string, ElementRule>, where: string): string[] {
  const place = `${where}/${element.name}`
  const rule = rules[element.name]
  if (!rule) return [`${place} is unknown`]
  const problems: string[] = []
  for (const [name, value] of Object.entries(element.attributes)) {
    const allowed = rule.attributes?.[name]
    if (!allowed) problems.push(`${place} has an attribute ${name}`)
    else if (!allowed.test(value)) problems.push(`${place}@${name} is “${value}”`)
  }
  for (const name of rule.required ?? [])
    if (!(name in element.attributes)) problems.push(`${place} lacks ${name}`)
  if (!rule.sequence) {
    if (element.children.length > 0) problems.push(`${place} holds elements`)
    if (rule.text && !rule.text.test(element.text)) problems.push(`${place} is “${element.text}”`)
    return problems
  }
  if (element.text.trim() !== '') problems.push(`${place} holds text`)
  let at = 0
  for (const { names, optional, many } of rule.sequence) {
    const from = at
    while (at < element.children.length && names.includes(element.children[at]?.name ?? '')) {
      at++
      if (!many) break
    }
    if (at === from && !optional) problems.push(`${place} lacks ${names.join(' or ')}`)
  }
  for (const left of element.children.slice(at))
    problems.push(`${place} holds ${left.name} where it has no place`)
  return [...problems, ...element.children.flatMap((child) => check(child, rules, place))]
}
