/** Thin space (U+2009): stands between a number and its unit. */
export const THIN = '\u2009'

const whole = new Intl.NumberFormat('en')

/** A count with thousands marked: `11204` becomes `11,204`. */
export function formatCount(count: number): string {
  return whole.format(count)
}

/** `formatPlural(1, 'clip')` is "1 clip", `formatPlural(2, 'clip')` "2 clips"; an odd plural is passed. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** A share as a whole percentage that reaches 100 only when everything is there. */
export function percentOf(part: number, total: number): number {
  if (total <= 0) return 0
  if (part >= total) return 100
  return Math.max(0, Math.min(99, Math.floor((part / total) * 100)))
}

/** `71` becomes "71 %", with a thin space. */
export function formatPercent(percent: number): string {
  return `${Math.round(percent)}${THIN}%`
}
