import type { z } from 'zod'
import { access } from './access.ts'
import { accounts } from './accounts.ts'
import { assetParts } from './asset-parts.ts'
import { assets } from './assets.ts'
import { collections } from './collections.ts'
import type { CallDefinition, EventDefinition } from './define.ts'
import { downloads } from './downloads.ts'
import { edits } from './edits.ts'
import { jobs } from './jobs.ts'
import { metadata } from './metadata.ts'
import { metadataModel } from './metadata-model.ts'
import { savedSearches } from './saved-searches.ts'
import { segments } from './segments.ts'
import { send } from './send.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'
import { updates } from './updates.ts'
import { uploads } from './uploads.ts'
import { watchFolders } from './watch-folders.ts'

/** Everything that may cross between main and a page. */
export const contract = {
  ...access,
  ...accounts,
  ...assetParts,
  ...assets,
  ...collections,
  ...downloads,
  ...edits,
  ...jobs,
  ...metadata,
  ...metadataModel,
  ...savedSearches,
  ...segments,
  ...send,
  ...settings,
  ...shell,
  ...updates,
  ...uploads,
  ...watchFolders,
}
export type Contract = typeof contract

export type Method = { [K in keyof Contract]: Contract[K] extends CallDefinition ? K : never }[keyof Contract]
export type EventName = {
  [K in keyof Contract]: Contract[K] extends EventDefinition ? K : never
}[keyof Contract]

/** What a caller passes (defaults may be left out). */
export type Input<M extends Method> = Contract[M] extends CallDefinition<infer I> ? z.input<I> : never
/** What a handler gets, parsed. */
export type ParsedInput<M extends Method> = Contract[M] extends CallDefinition<infer I> ? z.output<I> : never
/** What a handler returns. */
export type HandlerOutput<M extends Method> =
  Contract[M] extends CallDefinition<z.ZodType, infer O> ? z.input<O> : never
/** What a caller gets, parsed. */
export type Output<M extends Method> =
  Contract[M] extends CallDefinition<z.ZodType, infer O> ? z.output<O> : never
export type Payload<E extends EventName> = Contract[E] extends EventDefinition<infer P> ? z.output<P> : never

/** A handler for every method; a missing or mistyped one does not compile. */
export type Handlers = {
  [M in Method]: (input: ParsedInput<M>, context: { signal: AbortSignal }) => Promise<HandlerOutput<M>>
}
