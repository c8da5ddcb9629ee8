import { WatchRules } from '@contract/watch-folders.ts'
import { makeIgnoreRules } from './ignore-rules.ts'

export const DEFAULT_RULES: WatchRules = {
  collectionId: null,
  collectionPath: null,
  mirrorTree: false,
  storageId: null,
  duplicates: 'skip',
  changed: 'version',
  access: 'default',
  sequences: 'auto',
  viewId: null,
  metadata: {},
  pathPattern: null,
  title: null,
  settleSeconds: 5,
  groupSettleSeconds: 60,
  ignore: [],
  watcher: 'events',
  pollSeconds: 30,
  after: { do: 'leave' },
}

/**
 * Rules as they were saved, by this version or another one. A rule that does not fit any more is as by default and named in `unread`: a
 * folder with such a rule must not be watched before somebody has looked at it.
 */
export function readWatchRules(text: string): { rules: WatchRules; unread: string[] } {
  const saved = parseJson(text)
  if (typeof saved !== 'object' || saved === null || Array.isArray(saved))
    return { rules: DEFAULT_RULES, unread: Object.keys(DEFAULT_RULES) }
  const fitting: Record<string, unknown> = {}
  const unread: string[] = []
  for (const [name, schema] of Object.entries(WatchRules.shape)) {
    if (!Object.hasOwn(saved, name)) continue
    const rule = schema.safeParse((saved as Record<string, unknown>)[name])
    if (rule.success && isReadable(name, rule.data)) fitting[name] = rule.data
    else unread.push(name)
  }
  return { rules: { ...DEFAULT_RULES, ...fitting }, unread }
}

function isReadable(name: string, rule: unknown): boolean {
  if (name !== 'ignore') return true
  try {
    makeIgnoreRules(rule as string[])
    return true
  } catch {
    return false
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
