/** Characters that mean something in iconik's query text, which is Lucene's. */
const SPECIAL = /[+\-!(){}[\]^"~*?:\\/&|<>=]/g

/**
 * A value as literal query text, so that names with `? ( : /` are found rather than parsed.
 * A lone AND, OR or NOT is kept from being read as an operator.
 */
export function escapeQueryText(value: string): string {
  const escaped = value.replace(SPECIAL, String.raw`\$&`)
  return escaped.replace(/\b(AND|OR|NOT|TO)\b/g, String.raw`\$1`)
}
