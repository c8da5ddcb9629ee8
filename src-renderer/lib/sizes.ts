import { THIN } from './numbers.ts'

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/** Decimal units, as the makers of disks and the Finder count: 1 KB is 1,000 bytes. */
const STEP = 1000

/**
 * A size in words: "512 B", "41 KB", "7.1 GB", "412 GB", "1.38 TB". Terabytes keep two decimals, as a hundredth of one
 * is still a clip; other units one below 100; a decimal that is zero is left out.
 */
export function formatSize(sizeBytes: number): string {
  const { value, unit } = scale(sizeBytes)
  return `${value}${THIN}${unit}`
}

/** A speed: "452 MB/s". Kilobytes and below are whole, so that a slow line does not flicker. */
export function formatSpeed(bytesPerSecond: number): string {
  const { value, unit } = scale(bytesPerSecond, true)
  return `${value}${THIN}${unit}/s`
}

/** "412 GB of 1.38 TB". */
export function formatSizeOf(partBytes: number, totalBytes: number): string {
  return `${formatSize(partBytes)} of ${formatSize(totalBytes)}`
}

function scale(bytes: number, coarse = false): { value: string; unit: string } {
  let value = Math.max(0, bytes)
  let index = 0
  while (index < UNITS.length - 1 && round(value, index, coarse) >= STEP) {
    value /= STEP
    index += 1
  }
  return { value: String(round(value, index, coarse)), unit: UNITS[index] as string }
}

function round(value: number, unitIndex: number, coarse: boolean): number {
  const decimals = decimalsFor(value, unitIndex, coarse)
  return Number(value.toFixed(decimals))
}

function decimalsFor(value: number, unitIndex: number, coarse: boolean): number {
  if (unitIndex <= 1) return 0
  if (coarse) return value < 10 ? 1 : 0
  if (unitIndex >= 4) return value < 100 ? 2 : 1
  return value < 100 ? 1 : 0
}

const RATE_UNITS: Record<string, number> = { '': 1e6, b: 1, k: 1e3, m: 1e6, g: 1e9 }

/**
 * What a person types as a limit, in bytes per second: "80", "80 MB/s" and "80m" are 80,000,000; "0.5 GB/s" is
 * 500,000,000. Null when it is not a positive speed.
 */
export function parseSpeed(text: string): number | null {
  const match = /^\s*(\d+(?:[.,]\d+)?)\s*([bkmg]?)b?(?:\/s)?\s*$/i.exec(text)
  if (!match) return null
  const value =
    Number((match[1] as string).replace(',', '.')) * (RATE_UNITS[(match[2] ?? '').toLowerCase()] ?? 0)
  return value >= 1 ? Math.round(value) : null
}
