/** What a query asks for. `field` is undefined where the words may stand anywhere. */
export type Query =
  | { kind: 'all' }
  | { kind: 'and' | 'or'; parts: Query[] }
  | { kind: 'not'; part: Query }
  | { kind: 'exists'; field: string }
  | { kind: 'text'; field: string | undefined; text: string; phrase: boolean }
  | {
      kind: 'range'
      field: string
      min: string | undefined
      max: string | undefined
      minOpen: boolean
      maxOpen: boolean
    }

/** The query text cannot be read; the message says where. */
export class QuerySyntaxError extends Error {}

type Token =
  | { kind: 'word' | 'phrase'; text: string }
  | { kind: '(' | ')' | 'AND' | 'OR' | 'NOT' | '+' }
  | { kind: 'field'; text: string }
  | { kind: 'range'; text: string }

const mostTokens = 500

function tokenise(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const push = (token: Token) => {
    tokens.push(token)
    if (tokens.length > mostTokens) throw new QuerySyntaxError('The query is too long')
  }
  while (at < source.length) {
    const char = source[at] ?? ''
    if (/\s/.test(char)) at += 1
    else if (char === '(' || char === ')') {
      push({ kind: char })
      at += 1
    } else if (char === '"') {
      const [text, end] = readQuoted(source, at + 1)
      push({ kind: 'phrase', text })
      at = end
    } else if (char === '[' || char === '{') {
      const end = source.slice(at).search(/[\]}]/)
      if (end < 0) throw new QuerySyntaxError('A range is not closed')
      push({ kind: 'range', text: source.slice(at, at + end + 1) })
      at += end + 1
    } else if (source.startsWith('&&', at) || source.startsWith('||', at)) {
      push({ kind: char === '&' ? 'AND' : 'OR' })
      at += 2
    } else if ((char === '!' || char === '-') && /[^\s]/.test(source[at + 1] ?? '')) {
      push({ kind: 'NOT' })
      at += 1
    } else if (char === '+' && /[^\s]/.test(source[at + 1] ?? '')) {
      push({ kind: '+' })
      at += 1
    } else {
      const [text, end, isField] = readWord(source, at)
      if (end === at) throw new QuerySyntaxError(`Unexpected ${char}`)
      if (isField) push({ kind: 'field', text })
      else if (text === 'AND' || text === 'OR' || text === 'NOT') push({ kind: text })
      else push({ kind: 'word', text })
      at = end
    }
  }
  return tokens
}

function readQuoted(source: string, start: number): [string, number] {
  let text = ''
  for (let at = start; at < source.length; at += 1) {
    if (source[at] === '"') return [text, at + 1]
    if (source[at] === '\\' && at + 1 < source.length) at += 1
    text += source[at]
  }
  throw new QuerySyntaxError('A quotation mark is not closed')
}

/** A word up to a space or a special character; with `isField` if a colon ends it and something follows. */
function readWord(source: string, start: number): [string, number, boolean] {
  let text = ''
  let at = start
  for (; at < source.length; at += 1) {
    const char = source[at] ?? ''
    if (char === '\\' && at + 1 < source.length) {
      at += 1
      // An escaped wildcard is meant literally; a private-use character stands for it until the term is matched.
      text += source[at] === '*' ? '\ue000' : source[at] === '?' ? '\ue001' : source[at]
    } else if (char === ':' && /^[A-Za-z_][\w.\- ]*$/.test(text) && /[^\s)]/.test(source[at + 1] ?? ''))
      return [text, at + 1, true]
    else if (/[\s()"[\]{}]/.test(char)) break
    else text += char
  }
  return [text, at, false]
}

/** Reads the Lucene-like query language: words, "phrases", field:value, ranges, AND, OR, NOT, + and -, parentheses, `*`, `?`. */
export function parseQuery(source: string, defaultOperator: 'and' | 'or'): Query {
  const tokens = tokenise(source)
  let at = 0
  let depth = 0
  const peek = () => tokens[at]

  function parseOr(field: string | undefined): Query {
    const parts = [parseAnd(field)]
    while (peek()?.kind === 'OR') {
      at += 1
      parts.push(parseAnd(field))
    }
    return join('or', parts)
  }

  function parseAnd(field: string | undefined): Query {
    const parts: Query[] = [parseNot(field)]
    const operators = new Set<string>()
    for (let token = peek(); token && token.kind !== ')' && token.kind !== 'OR'; token = peek()) {
      if (token.kind === 'AND') at += 1
      else operators.add(defaultOperator)
      parts.push(parseNot(field))
    }
    return join(operators.has('or') && defaultOperator === 'or' ? 'or' : 'and', parts)
  }

  function parseNot(field: string | undefined): Query {
    const token = peek()
    if (token?.kind === 'NOT') {
      at += 1
      return { kind: 'not', part: parseNot(field) }
    }
    if (token?.kind === '+') at += 1
    return parseAtom(field)
  }

  function parseAtom(field: string | undefined): Query {
    const token = tokens[at]
    at += 1
    if (!token) throw new QuerySyntaxError('The query ends where a term was expected')
    if (token.kind === '(') {
      depth += 1
      if (depth > 50) throw new QuerySyntaxError('The query is nested too deeply')
      const inner = parseOr(field)
      if (peek()?.kind !== ')') throw new QuerySyntaxError('A parenthesis is not closed')
      at += 1
      depth -= 1
      return inner
    }
    if (token.kind === 'field') {
      if (token.text !== '_exists_') return parseAtom(token.text)
      const named = tokens[at]
      at += 1
      if (named?.kind !== 'word' && named?.kind !== 'phrase')
        throw new QuerySyntaxError('_exists_ needs a field name')
      return { kind: 'exists', field: named.text }
    }
    if (token.kind === 'range') return parseRange(token.text, field)
    if (token.kind === 'phrase') return { kind: 'text', field, text: token.text, phrase: true }
    if (token.kind === 'word') return readTerm(token.text, field)
    throw new QuerySyntaxError(`Unexpected ${token.kind}`)
  }

  if (tokens.length === 0) return { kind: 'all' }
  const query = parseOr(undefined)
  if (at < tokens.length) throw new QuerySyntaxError('Unexpected )')
  return query
}

const join = (kind: 'and' | 'or', parts: Query[]): Query =>
  parts.length === 1 && parts[0] ? parts[0] : { kind, parts }

function readTerm(text: string, field: string | undefined): Query {
  if (text === '*') return field === undefined ? { kind: 'all' } : { kind: 'exists', field }
  const comparison = /^(>=|<=|>|<)(.+)$/.exec(text)
  if (field !== undefined && comparison) {
    const [, operator = '', bound] = comparison
    const lower = operator.startsWith('>')
    const open = !operator.endsWith('=')
    return {
      kind: 'range',
      field,
      min: lower ? bound : undefined,
      max: lower ? undefined : bound,
      minOpen: lower && open,
      maxOpen: !lower && open,
    }
  }
  return { kind: 'text', field, text, phrase: false }
}

function parseRange(text: string, field: string | undefined): Query {
  const match = /^([[{])\s*(\S+)\s+TO\s+(\S+)\s*([\]}])$/.exec(text)
  if (!match || field === undefined) throw new QuerySyntaxError('A range is written field:[from TO to]')
  const bound = (value: string | undefined) =>
    value === '*' || value === undefined ? undefined : value.replaceAll(/^"|"$/g, '')
  return {
    kind: 'range',
    field,
    min: bound(match[2]),
    max: bound(match[3]),
    minOpen: match[1] === '{',
    maxOpen: match[4] === '}',
  }
}
