/** A pattern over the path, such as "{date}/{unit}/{card}/{stem}", that captures what its names stand for. */
export interface PathPattern {
  names: string[]
  /** Captures of a path without extension, or null when the pattern does not fit. */
  match: (folders: readonly string[], stem: string) => Record<string, string> | null
}

/** Where a piece of the pattern may end that begins at `from`; what is wanted most comes first. */
type Piece = (path: string, from: number) => Iterable<number>

/**
 * A name stands for one part of the path, or a piece of it between fixed text ("{scene}_{take}"): as little as fits. `*` stands
 * for any part, `**` for any number of parts. Letters count without case.
 */
export function parsePathPattern(pattern: string): PathPattern {
  const pieces: Piece[] = []
  const names: { name: string; at: number }[] = []
  // Any number of folders twice is any number of folders.
  const plain = pattern.normalize('NFC').replace(/(?:\*\*\/)+/g, '**/')
  for (const text of plain.split(/(\{[A-Za-z][A-Za-z0-9_]{0,39}\}|\*\*\/?|\*)/)) {
    const name = /^\{(\w+)\}$/.exec(text)?.[1]
    if (name !== undefined) names.push({ name, at: pieces.length })
    if (text !== '') pieces.push(name === undefined ? pieceOf(text) : shortest)
  }
  return {
    names: names.map(({ name }) => name),
    match: (folders, stem) => {
      const path = [...folders, stem].join('/').normalize('NFC')
      const ends = fit(pieces, path)
      if (!ends) return null
      return Object.fromEntries(names.map(({ name, at }) => [name, path.slice(ends[at - 1] ?? 0, ends[at])]))
    },
  }
}

/** Why a pattern cannot tell its names apart; null when it can. */
export function patternProblem(pattern: string): string | null {
  const [, one, other] = /\{([A-Za-z]\w{0,39})\}\{([A-Za-z]\w{0,39})\}/.exec(pattern) ?? []
  if (one === undefined || other === undefined) return null
  return `The path pattern cannot tell where {${one}} ends and {${other}} begins. Put what stands between them there.`
}

function pieceOf(text: string): Piece {
  if (text === '*') return longest
  if (text === '**' || text === '**/') return anyFolders
  const expression = new RegExp(text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`), 'iuy')
  return (path, from) => {
    expression.lastIndex = from
    return expression.test(path) ? [expression.lastIndex] : []
  }
}

/**
 * Ends of the pieces; null when they do not fit. What was found not to fit is not tried again: as one regular expression,
 * "{a}_{b}_{c}_{d}" takes years over a name that is all underscores.
 */
function fit(pieces: readonly Piece[], path: string): number[] | null {
  const ends: number[] = []
  const inVain = new Set<number>()
  const fitsFrom = (at: number, from: number): boolean => {
    const piece = pieces[at]
    if (!piece) return from === path.length
    const state = at * (path.length + 1) + from
    if (inVain.has(state)) return false
    for (const end of piece(path, from)) {
      ends[at] = end
      if (fitsFrom(at + 1, end)) return true
    }
    inVain.add(state)
    return false
  }
  return fitsFrom(0, 0) ? ends : null
}

/** At least one character of a part. */
function* shortest(path: string, from: number): Generator<number> {
  for (let end = from; end < path.length && path[end] !== '/';) {
    end += (path.codePointAt(end) ?? 0) > 0xff_ff ? 2 : 1
    yield end
  }
}

const longest: Piece = (path, from) => [from, ...shortest(path, from)].toReversed()

const anyFolders: Piece = (path, from) => {
  const ends = [from]
  for (let start = from, slash = path.indexOf('/', start); slash > start; slash = path.indexOf('/', start))
    ends.push((start = slash + 1))
  return ends.toReversed()
}
