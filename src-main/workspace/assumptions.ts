/**
 * Where the public record of iconik is silent, the workspace has to choose. Each choice is one row here, and each may be
 * switched (`assumptions` of startWorkspace), so that a client can be tested against the other answer too.
 */
export const assumptionTable = {
  strictClose: {
    value: true,
    means: 'CLOSED is refused with 400 while the stored bytes do not have the size that the file row names',
  },
  autoPreviewOnClose: {
    value: false,
    means: 'closing a file starts previews by itself; otherwise they wait for the keyframes call',
  },
  onlineAfterClose: {
    value: true,
    means: 'format and asset become is_online when their first file is closed',
  },
  strictSignedUrls: {
    value: true,
    means: 'a storage URL refuses a request that carries App-ID or Auth-Token',
  },
  signedUrlLifetimeS: { value: 3600, means: 'how long a signed storage URL stays valid, in seconds' },
  gcsSessionLifetimeS: { value: 604_800, means: 'how long a resumable session stays valid, in seconds' },
  gcsMd5UpToBytes: {
    value: 8_388_608,
    means: 'x-goog-hash names an MD5 beside the CRC32C for objects of at most this size sent in one request',
  },
  s3MinimumPartBytes: {
    value: 5_242_880,
    means: 'completing a multipart upload refuses smaller parts, the last excepted',
  },
  metadataMissingIs404: {
    value: true,
    means: 'GET of a view without stored values answers 404 instead of an empty envelope',
  },
  emptyListClearsField: { value: true, means: 'an empty field_values list clears the field' },
  validateMetadata: {
    value: true,
    means: 'values are checked against their field (type, range, options, required, read-only, single value)',
  },
  mergeJobMetadata: {
    value: false,
    means: 'PUT and PATCH of a job merge metadata without being asked by merge_metadata',
  },
  trashedInSearch: { value: false, means: 'search finds trashed objects' },
  listsHideTrashed: {
    value: true,
    means: 'GET assets and collections leave trashed objects out unless a status is asked for',
  },
  retryAfterOn429: { value: true, means: 'a refused call says Retry-After' },
  queryDefaultOperator: {
    value: 'and',
    means: 'words without an operator between them must all be there (and), or any of them (or)',
  },
  rateWindowS: { value: 20, means: 'the rate limit counts calls over a sliding window of this many seconds' },
  tokenLifetimeS: { value: 86_400, means: 'lifetime of a token from a log-in with e-mail and password' },
  storageSecretsHidden: {
    value: true,
    means: 'settings of a storage that hold secrets are shown to administrators only',
  },
  deleteGraceHours: { value: 720, means: 'delete_grace_period in the settings, in hours' },
  pageDepthRows: { value: 10_000, means: 'page-style lists and searches answer 400 beyond this row' },
  abortPendingMs: {
    value: 0,
    means: 'how long a job stays ABORT_PENDING before it is ABORTED, where no work has to be stopped',
  },
} as const satisfies Record<string, { value: string | number | boolean; means: string }>

type Widen<T> = T extends number ? number : T extends boolean ? boolean : string
export type Assumptions = {
  -readonly [K in keyof typeof assumptionTable]: Widen<(typeof assumptionTable)[K]['value']>
}

/** The table's values with overrides. An unknown name or a value of another type is an error that names it. */
export function assume(overrides: Record<string, string | number | boolean> = {}): Assumptions {
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(assumptionTable).map(([name, row]) => [name, row.value]),
  )
  for (const [name, value] of Object.entries(overrides)) {
    if (!(name in values))
      throw new Error(`Unknown assumption ${name}; known are ${Object.keys(values).join(', ')}`)
    if (typeof value !== typeof values[name])
      throw new Error(`Assumption ${name} must be a ${typeof values[name]}, not ${JSON.stringify(value)}`)
    values[name] = value
  }
  return values as Assumptions
}
