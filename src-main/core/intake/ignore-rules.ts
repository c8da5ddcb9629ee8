import picomatch from 'picomatch'
import { AppError } from '../errors.ts'
import { baseName, comparable } from './path-names.ts'

/** Names that are never media: what systems, browsers and copy programs leave lying about. */
export const BUILT_IN_IGNORES: readonly string[] = [
  '.*',
  '~*',
  'Thumbs.db',
  'desktop.ini',
  '*.part',
  '*.tmp',
  '*.crdownload',
  'System Volume Information',
  '$RECYCLE.BIN',
  'ascmhl',
]

/**
 * Tells why an entry is left out: the pattern that says so, or null when it is taken. The path is relative to the root,
 * '/' between names. What is below an ignored folder is ignored by the same pattern.
 */
export type IgnoreRules = (relativePath: string) => string | null

/**
 * @param patterns globs of the folder besides the built-in names. One without a slash matches a name at any depth, one with
 *   a slash the path from the root (`PROXY/**`). A trailing slash is dropped. Case does not count.
 * @throws AppError contract.invalid-input when a pattern cannot be read
 */
export function makeIgnoreRules(patterns: readonly string[] = []): IgnoreRules {
  const builtIn = new Set(
    BUILT_IN_IGNORES.filter((name) => !/[*]/.test(name)).map((name) => name.toLowerCase()),
  )
  const own = patterns.map((pattern) => compile(pattern.trim())).filter((rule) => rule !== null)
  const matchName = (name: string): string | null => {
    if (name.startsWith('.')) return '.*'
    if (name.startsWith('~')) return '~*'
    const lower = name.toLowerCase()
    if (builtIn.has(lower)) return BUILT_IN_IGNORES.find((known) => known.toLowerCase() === lower) ?? lower
    const dot = lower.lastIndexOf('.')
    const extension = dot < 0 ? '' : lower.slice(dot)
    return extension === '.part' || extension === '.tmp' || extension === '.crdownload'
      ? `*${extension}`
      : null
  }
  const matchEntry = (path: string): string | null => {
    const name = baseName(path)
    const known = matchName(name)
    if (known !== null) return known
    for (const rule of own) if (rule.matches(rule.byName ? name : path)) return rule.pattern
    return null
  }
  return (relativePath) => {
    const path = comparable(relativePath)
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      const reason = matchEntry(path.slice(0, at))
      if (reason !== null) return reason
    }
    return matchEntry(path)
  }
}

interface CompiledRule {
  pattern: string
  byName: boolean
  matches: (text: string) => boolean
}

/** Each asterisk multiplies the ways to read a name, and a hostile name makes all of them be tried: seven would take a day. */
const MOST_STARS = 3
const starsIn = (part: string) => part.match(/\*+/g)?.length ?? 0

function compile(pattern: string): CompiledRule | null {
  const body = comparable(pattern).replace(/^\//, '').replace(/\/$/, '')
  if (body === '') return null
  if (body.split('/').some((part) => starsIn(part) > MOST_STARS))
    throw new AppError(
      'contract.invalid-input',
      `The pattern “${pattern}” has more than ${MOST_STARS} asterisks in one name. Use fewer.`,
    )
  try {
    const matches = picomatch(body.endsWith('/**') ? [body, body.slice(0, -3)] : body, {
      nocase: true,
      dot: true,
    })
    return { pattern, byName: !body.includes('/'), matches }
  } catch (cause) {
    throw new AppError('contract.invalid-input', `The pattern “${pattern}” cannot be read.`, { cause })
  }
}
