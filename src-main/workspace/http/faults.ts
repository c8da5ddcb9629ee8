import { readFileSync } from 'node:fs'
import { z } from 'zod'

export const faultActions = [
  'drop-before',
  'drop-after',
  'status',
  'delay',
  'truncate',
  'expire',
  'lose-session',
  'short-write',
  'wrong-etag',
] as const

const Rule = z
  .strictObject({
    /** `METHOD PATH`, both with `*` and `?`; the path without its query. API and storage URLs alike. */
    match: z.string().min(1),
    /** Probability of each matching call, 0 to 1. */
    p: z.number().min(0).max(1).default(1),
    action: z.enum(faultActions),
    /** How often the rule strikes at most; unlimited if absent. */
    times: z.int().positive().optional(),
    status: z.int().min(100).max(599).optional(),
    retryAfterS: z.number().nonnegative().optional(),
    ms: z.number().nonnegative().optional(),
  })
  .refine((rule) => rule.action !== 'status' || rule.status !== undefined, {
    message: 'status: the number is missing',
  })
  .refine((rule) => rule.action !== 'delay' || rule.ms !== undefined, { message: 'delay: ms is missing' })

const RuleFile = z.strictObject({ seed: z.int().default(1), rules: z.array(Rule) })

export type Fault = z.infer<typeof Rule>
export type FaultRules = z.infer<typeof RuleFile>

/** Reads rules from a file or takes them as they are. Throws an error that says which rule is wrong and how. */
export function parseFaults(source: string | unknown): FaultRules {
  const value: unknown = typeof source === 'string' ? JSON.parse(readFileSync(source, 'utf8')) : source
  const parsed = RuleFile.safeParse(value)
  if (!parsed.success) throw new Error(`Fault rules: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

const globToRegExp = (glob: string) =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    'i',
  )

/** A seeded generator (mulberry32), so that a run with faults can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Decides which call is spoiled and how. The first rule that strikes wins. */
export class Faults {
  #rules: { rule: Fault; method: RegExp; path: RegExp; struck: number }[] = []
  #random = seededRandom(1)
  #source: FaultRules = { seed: 1, rules: [] }

  constructor(rules?: FaultRules) {
    if (rules) this.replace(rules)
  }

  replace(rules: FaultRules): void {
    this.#source = rules
    this.#random = seededRandom(rules.seed)
    this.#rules = rules.rules.map((rule) => {
      const [method = '*', ...path] = rule.match.trim().split(/\s+/)
      return { rule, method: globToRegExp(method), path: globToRegExp(path.join(' ') || '*'), struck: 0 }
    })
  }

  /** The rules with how often each has struck. */
  report(): FaultRules & { struck: number[] } {
    return { ...this.#source, struck: this.#rules.map((entry) => entry.struck) }
  }

  strike(method: string, path: string): Fault | undefined {
    for (const entry of this.#rules) {
      if (!entry.method.test(method) || !entry.path.test(path)) continue
      if (entry.rule.times !== undefined && entry.struck >= entry.rule.times) continue
      if (entry.rule.p < 1 && this.#random() >= entry.rule.p) continue
      entry.struck += 1
      return entry.rule
    }
    return undefined
  }
}
