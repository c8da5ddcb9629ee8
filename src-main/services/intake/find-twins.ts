import { hash } from 'node:crypto'
import { findAppError } from '../../core/errors.ts'
import type { Prospect } from '../../core/intake/prospect.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import { SMALL_BYTES } from '../../ports/hash-streams.ts'
import type { Hasher } from '../../ports/hasher.ts'
import { contentOf } from './find-duplicates.ts'

const SAMPLES_AT_ONCE = 16
const SMALL_AT_ONCE = 128

export interface TwinPorts {
  fileSystem: FileSystem
  hasher: Hasher
}

interface TwinOptions {
  signal?: AbortSignal
  onHashed?: (bytes: number) => void
}

/**
 * Finds clips of one plan that have the same bytes: the first goes, the others become named duplicates of it. Clips whose files agree in number and size
 * are sampled; only those whose samples agree are read whole. Empty files are nobody's duplicate.
 *
 * @throws AppError cancelled
 */
export async function findTwins(
  ports: TwinPorts,
  prospects: readonly Prospect[],
  options: TwinOptions = {},
): Promise<Prospect[]> {
  const sameSize = Map.groupBy(prospects.filter(isNew), sizesOf)
  const twins = new Map<Prospect, Prospect>()
  for (const group of sameSize.values()) {
    if (group.length < 2) continue
    const suspects = isSmall(group) ? [group] : await groupBySamples(ports.fileSystem, group, options)
    for (const alike of suspects) {
      const first = new Map<string, Prospect>()
      const contents = await contentKeys(ports.hasher, alike, options)
      for (const [at, prospect] of alike.entries()) {
        const content = contents[at] ?? null
        const original = content === null ? undefined : first.get(content)
        if (original) twins.set(prospect, original)
        else if (content !== null) first.set(content, prospect)
      }
    }
  }
  return prospects.map((prospect) => {
    const original = twins.get(prospect)
    return original ? twinOf(prospect, original) : prospect
  })
}

/** A sample of a small file is nearly all of it: it is read whole at once. All of the group have the same sizes. */
function isSmall([first]: readonly Prospect[]): boolean {
  return first !== undefined && contentOf(first.clip).every(({ sizeBytes }) => sizeBytes < SMALL_BYTES)
}

/** Groups of two and more whose samples agree. */
async function groupBySamples(
  fileSystem: FileSystem,
  group: readonly Prospect[],
  { signal }: TwinOptions,
): Promise<Prospect[][]> {
  const bySample = new Map<string, Prospect[]>()
  for (let at = 0; at < group.length; at += SAMPLES_AT_ONCE) {
    signal?.throwIfAborted()
    const some = group.slice(at, at + SAMPLES_AT_ONCE)
    const keys = await Promise.all(some.map((prospect) => sampleKey(fileSystem, prospect)))
    for (const [n, prospect] of some.entries()) {
      const key = keys[n] ?? null
      if (key !== null) bySample.set(key, [...(bySample.get(key) ?? []), prospect])
    }
  }
  return [...bySample.values()].filter((alike) => alike.length > 1)
}

/** null when it cannot be read: then it is the upload that says so. */
async function sampleKey(fileSystem: FileSystem, { clip }: Prospect): Promise<string | null> {
  try {
    const sums: string[] = []
    for (const file of contentOf(clip)) sums.push(hash('md5', await fileSystem.readSample(file.path)))
    return sums.sort().join(',')
  } catch (error) {
    if (findAppError(error)?.code.startsWith('file.')) return null
    throw error
  }
}

function isNew({ clip, judgement, problem }: Prospect): boolean {
  const files = contentOf(clip)
  return (
    problem === null &&
    judgement.decision.do === 'upload' &&
    files.length > 0 &&
    files.every(({ sizeBytes }) => sizeBytes > 0)
  )
}

function sizesOf({ clip }: Prospect): string {
  return contentOf(clip)
    .map(({ sizeBytes }) => sizeBytes)
    .sort((a, b) => a - b)
    .join(',')
}

/** Of small clips many at a time, which are read together; of others one, since a disk reads one large file after the other faster than two at once. */
async function contentKeys(
  hasher: Hasher,
  alike: readonly Prospect[],
  options: TwinOptions,
): Promise<(string | null)[]> {
  const keys: (string | null)[] = []
  const atOnce = isSmall(alike) ? SMALL_AT_ONCE : 1
  for (let at = 0; at < alike.length; at += atOnce) {
    options.signal?.throwIfAborted()
    const some = alike.slice(at, at + atOnce)
    keys.push(...(await Promise.all(some.map((prospect) => contentKey(hasher, prospect, options)))))
  }
  return keys
}

/** null as above. */
async function contentKey(hasher: Hasher, { clip }: Prospect, options: TwinOptions): Promise<string | null> {
  const sums: string[] = []
  try {
    for (const file of contentOf(clip)) {
      const { hashes } = await hasher.hashFile(file.path, ['xxh128'], {
        ...(options.signal ? { signal: options.signal } : {}),
        ...(options.onHashed ? { onBytes: options.onHashed } : {}),
      })
      sums.push(hashes.xxh128 ?? file.path)
    }
  } catch (error) {
    if (findAppError(error)?.code.startsWith('file.')) return null
    throw error
  }
  return sums.sort().join(',')
}

function twinOf(prospect: Prospect, original: Prospect): Prospect {
  const { title, key, directory } = original.clip
  const place = directory === '' ? '' : ` in ${directory}`
  return {
    ...prospect,
    judgement: {
      decision: { do: 'skip', reason: 'duplicate', assetId: null },
      duplicateOf: { assetId: null, title, certain: true },
      original: null,
      note: `Identical to “${title}”${place}, which goes in its place.`,
      twinOf: key,
    },
  }
}
