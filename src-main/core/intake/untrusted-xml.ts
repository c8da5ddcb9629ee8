import { XMLParser } from 'fast-xml-parser'

/**
 * Parses XML of unknown origin: a DOCTYPE or an entity declaration is refused, values stay text. Attributes get the prefix '@', names lose
 * their namespace.
 *
 * @returns null when it declares entities; throws what the parser throws for text that is no XML
 */
export function parseUntrustedXml(text: string): unknown {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return null
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: true,
    htmlEntities: false,
    trimValues: true,
  })
  return parser.parse(text)
}

export type XmlNode = Record<string, unknown>

export function isNode(value: unknown): value is XmlNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Children of one name: none, one or several. */
export function nodes(parent: unknown, name: string): XmlNode[] {
  if (!isNode(parent)) return []
  const found = parent[name]
  return (Array.isArray(found) ? found : [found]).filter(isNode)
}

/** The first child of a name all the way down; undefined where it is missing or is mere text. */
export function nodeAt(parent: unknown, ...path: string[]): XmlNode | undefined {
  let at: unknown = parent
  for (const name of path) at = nodes(at, name)[0]
  return isNode(at) ? at : undefined
}

/** Text of a child or an attribute ('@name'); '' where there is none. */
export function textOf(parent: unknown, name: string): string {
  if (!isNode(parent)) return ''
  const value: unknown = Array.isArray(parent[name]) ? (parent[name] as unknown[])[0] : parent[name]
  if (typeof value === 'string') return value
  return isNode(value) && typeof value['#text'] === 'string' ? value['#text'] : ''
}
