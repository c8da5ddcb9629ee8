import type { z } from 'zod'
import type { ErrorCode } from './errors.ts'

export interface CallDefinition<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'call'
  readonly input: I
  readonly output: O
  /** Codes that this call may answer with, besides those any call may: see COMMON_ERRORS. */
  readonly errors: readonly ErrorCode[]
}

export interface EventDefinition<P extends z.ZodType = z.ZodType> {
  readonly kind: 'event'
  readonly payload: P
}

/** Declares one method. Input is parsed in main on every call, output in the page. */
export function call<I extends z.ZodType, O extends z.ZodType>(definition: {
  input: I
  output: O
  errors?: readonly ErrorCode[]
}): CallDefinition<I, O> {
  return { kind: 'call', input: definition.input, output: definition.output, errors: definition.errors ?? [] }
}

/** Declares one event; its name is in the past tense. */
export function event<P extends z.ZodType>(payload: P): EventDefinition<P> {
  return { kind: 'event', payload }
}
