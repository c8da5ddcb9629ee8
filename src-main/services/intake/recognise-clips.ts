import { AppError } from '../../core/errors.ts'
import { type Grouping, groupClips } from '../../core/intake/group-clips.ts'
import {
  type PictureFacts,
  type SequenceCandidate,
  areFrames,
  findSequences,
  sampleOf,
} from '../../core/intake/image-sequences.ts'
import type { IntakeFile, IntakeProblem } from '../../core/intake/intake-file.ts'
import { extensionOf } from '../../core/intake/path-names.ts'
import { readGatewaySidecar } from '../../core/intake/sidecar-values.ts'
import { sidecarKind } from '../../core/intake/sidecars.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import type { MediaProbe } from '../../ports/media-probe.ts'
import { lostClips, readCardClips } from './read-cards.ts'

/** How many pictures of a run are opened to see whether they are frames. */
const PICTURES_LOOKED_AT = 16
export const LARGEST_SIDECAR_BYTES = 2_000_000

export interface RecognitionPorts {
  fileSystem: FileSystem
  probe: MediaProbe
}

export interface Recognition extends Grouping {
  problems: IntakeProblem[]
}

/** Makes clips of files, opening only what the rules ask for: index files of cards, a sample of pictures, small sidecars. */
export async function recogniseClips(
  ports: RecognitionPorts,
  files: readonly IntakeFile[],
  options: { sequences: 'auto' | 'off'; keepSidecars: boolean; signal?: AbortSignal | undefined },
): Promise<Recognition> {
  const problems: IntakeProblem[] = []
  const cards = await readCardClips(ports.fileSystem, files, problems, options.signal)
  problems.push(...lostClips(files, cards))
  const inCards = new Set(
    [...cards.clips.flatMap((clip) => clip.files), ...cards.strays].map((file) => file.relativePath),
  )
  const loose = files.filter((file) => !inCards.has(file.relativePath))
  const sequences: SequenceCandidate[] = []
  if (options.sequences === 'auto')
    for (const candidate of findSequences(loose)) {
      options.signal?.throwIfAborted()
      if (candidate.proof !== 'pictures' || (await looksLikeFrames(ports.probe, candidate, options.signal)))
        sequences.push(candidate)
    }
  const metadataFiles = new Set<string>()
  for (const file of loose)
    if (
      sidecarKind(file.relativePath) === 'metadata-or-file' &&
      (await isGatewayMetadata(ports, file, problems))
    )
      metadataFiles.add(file.relativePath)
  const { clips: cardClips, strays: cardStrays } = cards
  return {
    ...groupClips(files, {
      cardClips,
      cardStrays,
      sequences,
      metadataFiles,
      keepSidecars: options.keepSidecars,
    }),
    problems,
  }
}

async function looksLikeFrames(
  probe: MediaProbe,
  candidate: SequenceCandidate,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const sample: (PictureFacts | null)[] = []
  // An empty frame has no size to compare; it is reported as empty instead.
  for (const file of sampleOf(
    candidate.files.filter((frame) => frame.sizeBytes > 0),
    PICTURES_LOOKED_AT,
  ))
    sample.push(await pictureFacts(probe, file, signal))
  return areFrames(sample)
}

async function pictureFacts(
  probe: MediaProbe,
  file: IntakeFile,
  signal: AbortSignal | undefined,
): Promise<PictureFacts | null> {
  try {
    const media = await probe.probe(file.path, signal)
    const image = media.components.find(({ metadata }) => metadata['width'] !== undefined)?.metadata
    const width = Number(image?.['width'])
    const height = Number(image?.['height'])
    if (!(width > 0 && height > 0)) return null
    const fromCamera = ['exif.make', 'exif.model'].some((key) =>
      Object.keys(media.embedded).some((known) => known.toLowerCase() === key),
    )
    return { width, height, fromCamera }
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('file.')) return null
    throw error
  }
}

async function isGatewayMetadata(
  ports: RecognitionPorts,
  file: IntakeFile,
  problems: IntakeProblem[],
): Promise<boolean> {
  if (file.sizeBytes > LARGEST_SIDECAR_BYTES || file.sizeBytes === 0) return false
  try {
    const bytes = await ports.fileSystem.readSmall(file.path, LARGEST_SIDECAR_BYTES)
    return readGatewaySidecar(new TextDecoder().decode(bytes), extensionOf(file.relativePath)) !== null
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'file.unreadable') problems.push({ path: file.path, reason: error.message })
    return false
  }
}
