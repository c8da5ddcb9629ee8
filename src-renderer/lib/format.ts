/** U+2009: stands between a number and its unit. */
const THIN = '\u2009'
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

const number = new Intl.NumberFormat('en')

/** A count with separators: 48216 → "48,216". */
export function formatCount(count: number): string {
  return number.format(count)
}

/** Three digits at most: 1,380,000,000,000 bytes → "1.38 TB". Decimal units, as storages and disks are sold. */
export function formatBytes(sizeBytes: number): string {
  let value = Math.max(0, sizeBytes)
  let unit = 0
  while (unit < UNITS.length - 1 && value >= 999.5) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${trimZeros(value.toFixed(digits))}${THIN}${UNITS[unit]}`
}

const trimZeros = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

/** 452_000_000 → "452 MB/s". */
export function formatSpeed(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`
}

/** Length of a clip: 72_000 → "1:12", 3_725_000 → "1:02:05". */
export function formatLength(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** Time that is left: under a minute in steps of 5 s, then minutes, then hours. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 60) return `${Math.max(5, Math.round(seconds / 5) * 5)}${THIN}s left`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes}${THIN}min left`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours}${THIN}h ${minutes % 60}${THIN}min left`
  return `${Math.round(hours / 24)} days left`
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayMonthYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'medium' })

const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

/** "Today 14:12", "Yesterday", "18 Mar", "18 Mar 2025"; '' for what is no instant. */
export function formatWhen(instant: string, now = new Date()): string {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return ''
  const days = Math.round((startOfDay(now) - startOfDay(date)) / 86_400_000)
  if (days === 0) return `Today ${clock.format(date)}`
  if (days === 1) return 'Yesterday'
  return (date.getFullYear() === now.getFullYear() ? dayMonth : dayMonthYear).format(date)
}

/** The whole instant, for tooltips; '' for what is no instant. */
export function formatInstant(instant: string): string {
  const date = new Date(instant)
  return Number.isNaN(date.getTime()) ? '' : full.format(date)
}

/** "18 Mar 2026" for an ISO date; the text itself when it is none. */
export function formatDate(text: string): string {
  const date = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T12:00:00` : text)
  return Number.isNaN(date.getTime()) ? text : dayMonthYear.format(date)
}

/** First letters of the first and the last name: "Mara Lindqvist" → "ML". */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase()
}
