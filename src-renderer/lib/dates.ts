const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

/** Local clock time: "14:12". */
export function formatTime(at: Date | string): string {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

/** "14:12:03". */
export function formatTimeSeconds(at: Date | string): string {
  const date = new Date(at)
  return `${formatTime(date)}:${two(date.getSeconds())}`
}

/** Local date: "18 Mar 2026". */
export function formatDate(at: Date | string): string {
  const date = new Date(at)
  return `${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`
}

/** Whole days between two instants on the local calendar: 0 today, 1 yesterday. */
export function daysAgo(at: Date | string, now: Date): number {
  return Math.round((midnight(now) - midnight(new Date(at))) / 86_400_000)
}

/** "Today 14:12", "Yesterday 09:30", "Mon 16 Mar" within this year, "16 Mar 2025" before. */
export function formatWhen(at: Date | string, now: Date): string {
  const days = daysAgo(at, now)
  if (days === 0) return `Today ${formatTime(at)}`
  if (days === 1) return `Yesterday ${formatTime(at)}`
  return formatDay(at, now)
}

/** For a narrow column: "14:12" today, "Yesterday", then the day. */
export function formatWhenShort(at: Date | string, now: Date): string {
  const days = daysAgo(at, now)
  if (days === 0) return formatTime(at)
  return days === 1 ? 'Yesterday' : formatDay(at, now)
}

/** "Today", "Yesterday", "Mon 16 Mar", "16 Mar 2025". */
export function formatDay(at: Date | string, now: Date): string {
  const date = new Date(at)
  const days = daysAgo(date, now)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  if (date.getFullYear() !== now.getFullYear()) return formatDate(date)
  return `${WEEKDAYS[weekdayIndex(date)]} ${date.getDate()} ${MONTHS[date.getMonth()]}`
}

/** 0 is Monday. */
export function weekdayIndex(date: Date): number {
  return (date.getDay() + 6) % 7
}

function midnight(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
