import type { Stored } from '../store/documents.ts'

/** Milliseconds as `HH:MM:SS,mmm` (SubRip) or with a point (WebVTT). */
export function clock(ms: number, separator: ',' | '.'): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const rest = String(ms % 1000).padStart(3, '0')
  return `${two(Math.floor(ms / 3_600_000))}:${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1000) % 60)}${separator}${rest}`
}

const startOf = (row: Stored) => Number(row['time_start_milliseconds'] ?? 0)
const endOf = (row: Stored) => Number(row['time_end_milliseconds'] ?? startOf(row) + 1000)
const textOf = (row: Stored) => String(row['segment_text'] ?? '').replaceAll(/\r?\n\s*\n/g, '\n')

/** A value of a CSV cell. A start that a spreadsheet would run as a formula is made harmless. */
export function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const columns = [
  'id',
  'segment_type',
  'time_start_milliseconds',
  'time_end_milliseconds',
  'segment_text',
  'user_id',
  'segment_checked',
  'date_created',
]

export const segmentsAsCsv = (rows: Stored[]): string =>
  [columns.join(','), ...rows.map((row) => columns.map((name) => csvCell(row[name])).join(','))].join(
    '\r\n',
  ) + '\r\n'

export const segmentsAsSrt = (rows: Stored[]): string =>
  rows
    .map(
      (row, at) => `${at + 1}\n${clock(startOf(row), ',')} --> ${clock(endOf(row), ',')}\n${textOf(row)}\n`,
    )
    .join('\n')

export const segmentsAsVtt = (rows: Stored[]): string =>
  `WEBVTT\n\n${rows.map((row) => `${clock(startOf(row), '.')} --> ${clock(endOf(row), '.')}\n${textOf(row).replaceAll('-->', '→')}\n`).join('\n')}`
