import { weekdayIndex } from './dates.ts'

export const HOURS_PER_WEEK = 168

/** 0 is Monday 00:00 to 01:00, local time. */
export function hourOfWeek(at: Date): number {
  return weekdayIndex(at) * 24 + at.getHours()
}

export interface LimitMoment {
  /** Whether the limit holds now. */
  readonly holds: boolean
  /** When that changes next, in local time; null when it never does. */
  readonly until: Date | null
}

/**
 * Whether a scheduled limit holds, and until when.
 *
 * @param schedule 168 flags, Monday 00:00 first; empty means always
 */
export function limitAt(schedule: readonly boolean[], at: Date): LimitMoment {
  if (schedule.length === 0) return { holds: true, until: null }
  const now = hourOfWeek(at)
  const holds = schedule[now] ?? false
  for (let ahead = 1; ahead <= HOURS_PER_WEEK; ahead += 1) {
    if ((schedule[(now + ahead) % HOURS_PER_WEEK] ?? false) !== holds) {
      const until = new Date(at.getFullYear(), at.getMonth(), at.getDate(), at.getHours() + ahead)
      return { holds, until }
    }
  }
  return { holds, until: null }
}

/** The schedule with a rectangle of hours set; days and hours are 0-based and both ends included. */
export function paintHours(
  schedule: readonly boolean[],
  from: { day: number; hour: number },
  to: { day: number; hour: number },
  limited: boolean,
): boolean[] {
  const next = Array.from({ length: HOURS_PER_WEEK }, (_, index) => schedule[index] ?? false)
  const [firstDay, lastDay] = [Math.min(from.day, to.day), Math.max(from.day, to.day)]
  const [firstHour, lastHour] = [Math.min(from.hour, to.hour), Math.max(from.hour, to.hour)]
  for (let day = firstDay; day <= lastDay; day += 1)
    for (let hour = firstHour; hour <= lastHour; hour += 1) next[day * 24 + hour] = limited
  return next
}
