import { z } from 'zod'
import { isUuid, normaliseDate } from '../ids.ts'

/** A UUID in any case; kept in lower case. */
export const uuidText = z
  .string()
  .refine(isUuid, { message: 'Not a valid UUID.' })
  .transform((text) => text.toLowerCase())

/** A date as clients write it; kept as the server writes it. */
export const dateText = z.string().transform((text, context) => {
  const date = normaliseDate(text)
  if (date !== undefined) return date
  context.addIssue({ code: 'custom', message: 'Not a valid datetime.' })
  return z.NEVER
})

/** A whole number; some clients send it as text. */
export const wholeNumber = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
])

export const Resolution = z.object({ width: z.int().nonnegative(), height: z.int().nonnegative() })

export const byteStates = [
  'OPEN',
  'GROWING',
  'AWAITED',
  'CLOSED',
  'FAILED',
  'ARCHIVED',
  'MISSING',
  'REDISCOVERED',
  'DELETED',
] as const

export const Ids = z.object({ ids: z.array(z.string()).min(1).max(1000) })
