/** Frames a second as timecode counts them: 23.976 counts as 24, 29.97 as 30. */
export function timecodeBase(frameRate: number): number {
  return Math.max(1, Math.round(frameRate))
}

const isDropFrameRate = (frameRate: number) =>
  Math.abs(frameRate - 30_000 / 1001) < 0.01 || Math.abs(frameRate - 60_000 / 1001) < 0.01

/**
 * Frames since midnight that a timecode names; null when it is none. A ';' or '.' before the frames means drop frame:
 * the first two numbers (four at 60) of each minute are skipped but for every tenth minute (SMPTE ST 12-1).
 */
export function framesOf(timecode: string, frameRate: number): number | null {
  const match = /^(\d{2}):(\d{2}):(\d{2})([:;.,])(\d{2,3})$/.exec(timecode.trim())
  if (!match) return null
  const base = timecodeBase(frameRate)
  const [hours, minutes, seconds, frames] = [match[1], match[2], match[3], match[5]].map(Number) as [
    number,
    number,
    number,
    number,
  ]
  const counted = ((hours * 60 + minutes) * 60 + seconds) * base + frames
  if (match[4] === ':') return counted
  const dropped = base / 15
  const total = hours * 60 + minutes
  return counted - dropped * (total - Math.floor(total / 10))
}

/** A timecode for frames since midnight, drop frame where asked and where the rate has it. Wraps after 24 hours. */
export function timecodeOf(frames: number, frameRate: number, dropFrame = false): string {
  const base = timecodeBase(frameRate)
  const drop = dropFrame && isDropFrameRate(frameRate)
  const perDay = drop ? base * 86_400 - (base / 15) * 1296 : base * 86_400
  let count = ((Math.round(frames) % perDay) + perDay) % perDay
  if (drop) {
    const dropped = base / 15
    const perMinute = base * 60 - dropped
    const perTen = perMinute * 10 + dropped
    const tens = Math.floor(count / perTen)
    const rest = count % perTen
    count += dropped * 9 * tens
    if (rest >= base * 60) count += dropped * (1 + Math.floor((rest - base * 60) / perMinute))
  }
  const two = (value: number) => String(value).padStart(2, '0')
  const seconds = Math.floor(count / base)
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return `${time}${drop ? ';' : ':'}${two(count % base)}`
}

/** The timecode at a moment of a clip that starts at `start` (a timecode or null for 00:00:00:00). */
export function timecodeAt(seconds: number, frameRate: number, start: string | null): string {
  const dropFrame = start !== null && /[;.]\d+$/.test(start)
  const first = start === null ? 0 : (framesOf(start, frameRate) ?? 0)
  // A moment may sit a rounding error before its frame.
  return timecodeOf(first + Math.floor(seconds * frameRate + 0.001), frameRate, dropFrame)
}
