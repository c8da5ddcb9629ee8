import { z } from 'zod'
import { AssetQuery } from './assets.ts'
import { call, event } from './define.ts'
import { NoInput, Nothing, SavedSearchId } from './ids.ts'

export const SavedSearch = z.object({
  id: SavedSearchId,
  name: z.string(),
  /** What it looks for, as the library can show it. */
  query: AssetQuery,
  /** How many assets it finds now; null while that is not known. */
  count: z.number().int().nullable(),
  /** It asks for something that only iconik can answer: what it found last is shown. */
  isAnsweredByServer: z.boolean(),
  canEdit: z.boolean(),
  canDelete: z.boolean(),
})
export type SavedSearch = z.infer<typeof SavedSearch>

const Name = z.string().trim().min(1).max(500)

export const savedSearches = {
  /** Own and shared ones, by name; as last read when the server cannot be reached. */
  'savedSearches.list': call({ input: NoInput, output: z.array(SavedSearch) }),
  /** Counts of those that are known, from the mirror; null where it is not known. */
  'savedSearches.counts': call({
    input: NoInput,
    output: z.array(z.object({ id: SavedSearchId, count: z.number().int().nullable() })),
  }),
  'savedSearches.create': call({
    input: z.object({ name: Name, query: AssetQuery }),
    output: z.object({ id: SavedSearchId }),
    errors: ['api.invalid'],
  }),
  'savedSearches.update': call({
    input: z.object({ id: SavedSearchId, name: Name.optional(), query: AssetQuery.optional() }),
    output: Nothing,
    errors: ['api.invalid'],
  }),
  'savedSearches.delete': call({ input: z.object({ id: SavedSearchId }), output: Nothing }),
  /** Asks iconik again what a search finds that only it can answer. */
  'savedSearches.refresh': call({ input: z.object({ id: SavedSearchId }), output: Nothing }),
  /** Searches came, went or find something else. */
  'savedSearches.changed': event(NoInput),
}
