/** Readers for answers whose shape is only partly known: a missing or mistyped field is null, never an error. */
export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const fieldsIn = (value: unknown): Fields => (isFields(value) ? value : {})

/** The objects of a list; [] when it is none. */
export const listIn = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : [])

export const textIn = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null

/** A number, also when it was sent as text ("1920", "25.000"). */
export function numberIn(value: unknown): number | null {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

/** Frames per second from "25", "23.976", "30000/1001" or 25. */
export function frameRateIn(value: unknown): number | null {
  const fraction =
    typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)$/.exec(value.trim()) : null
  const rate = fraction ? Number(fraction[1]) / Number(fraction[2]) : numberIn(value)
  return rate !== null && Number.isFinite(rate) && rate > 0 ? Math.round(rate * 1000) / 1000 : null
}
