import { hash } from 'node:crypto'
import { findAppError } from '../../core/errors.ts'
import type { Prospect } from '../../core/intake/prospect.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import type { Hasher } from '../../ports/hasher.ts'
import { contentOf } from './find-duplicates.ts'

const SAMPLES_AT_ONCE = 16

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
  for (const group of sameSize.values())
    for (const alike of await groupBySamples(ports.fileSystem, group, options)) {
      const first = new Map<string, Prospect>()
      for (const prospect of alike) {
        const content = await contentKey(ports.hasher, prospect, options)
        const original = content === null ? undefined : first.get(content)
        if (original) twins.set(prospect, original)
        else if (content !== null) first.set(content, prospect)
      }
    }
  return prospects.map((prospect) => {
    const original = twins.get(prospect)
    return original ? twinOf(prospect, original) : prospect
  })
}

/** Groups of two and more whose samples agree. */
async function groupBySamples(
  fileSystem: FileSystem,
  group: readonly Prospect[],
  { signal }: TwinOptions,
): Promise<Prospect[][]> {
  if (group.length < 2) return []
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
