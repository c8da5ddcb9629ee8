import { THIN } from './numbers.ts'

/** Length of a clip: `48_000` ms is "0:48", `5_047_000` "1:24:07". Part seconds are cut, as players do. */
export function formatClipLength(durationMs: number): string {
  const total = Math.max(0, Math.floor(durationMs / 1000))
  const seconds = String(total % 60).padStart(2, '0')
  const minutes = Math.floor(total / 60) % 60
  const hours = Math.floor(total / 3600)
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`
}

/** How long something took: "6 s", "33 min", "1 h 12 min", "2 d 4 h". Whole units, the two largest. */
export function formatTook(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return unit(whole, 's')
  const minutes = Math.round(whole / 60)
  if (minutes < 60) return unit(minutes, 'min')
  const hours = Math.floor(minutes / 60)
  if (hours < 24) {
    const rest = minutes % 60
    return rest === 0 ? unit(hours, 'h') : `${unit(hours, 'h')} ${unit(String(rest).padStart(2, '0'), 'min')}`
  }
  const days = Math.floor(hours / 24)
  return hours % 24 === 0 ? unit(days, 'd') : `${unit(days, 'd')} ${unit(hours % 24, 'h')}`
}

/**
 * Time that is left, rounded so that it does not flicker: under a minute in steps of 5 s, then whole minutes, from two
 * hours on in steps of 5 minutes. Never "0 s": the last step says "5 s".
 */
export function roundTimeLeft(seconds: number): string {
  if (seconds < 57.5) return unit(Math.max(5, Math.round(seconds / 5) * 5), 's')
  const minutes = Math.max(1, Math.round(seconds / 60))
  if (minutes < 120) return formatTook(minutes * 60)
  return formatTook(Math.round(minutes / 5) * 300)
}

/** "36 min left", "30 s left". */
export function formatTimeLeft(seconds: number): string {
  return `${roundTimeLeft(seconds)} left`
}

function unit(value: number | string, name: string): string {
  return `${value}${THIN}${name}`
}
