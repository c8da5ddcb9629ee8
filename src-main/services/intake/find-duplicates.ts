import type { AssetId } from '@contract/ids.ts'
import type { ChangedPolicy, DuplicatePolicy } from '@contract/uploads.ts'
import type { z } from 'zod'
import type { ClipFile } from '../../core/clip.ts'
import { AppError } from '../../core/errors.ts'
import type { GroupedClip } from '../../core/intake/group-clips.ts'
import type { Judgement } from '../../core/intake/prospect.ts'
import { sameSighting } from '../../core/intake/settle.ts'
import type { Hasher } from '../../ports/hasher.ts'
import type { IconikApi } from '../../ports/iconik-api.ts'
import type { KnownFile, KnownUploads } from '../../ports/upload-intake.ts'

export interface DuplicatePorts {
  hasher: Hasher
  known: KnownUploads
  api: IconikApi | null
  /** Whether the library holds a file of exactly this size, so that asking iconik by MD5 is worth a read. */
  libraryHasSize: (sizeBytes: number) => boolean
}

export interface DuplicatePolicies {
  duplicates: z.infer<typeof DuplicatePolicy>
  changed: z.infer<typeof ChangedPolicy>
}

const UPLOAD: Judgement = { decision: { do: 'upload' }, duplicateOf: null, original: null, note: null }

/**
 * Decides what becomes of a clip that may be known: by path, size, date and inode without reading; then by content, reading only what has a
 * namesake in size. Duplicates are whole clips, never single files of one. Empty files are nobody's duplicate.
 *
 * @throws AppError cancelled, network.* (the question by MD5)
 */
export async function judgeClip(
  ports: DuplicatePorts,
  clip: GroupedClip,
  policies: DuplicatePolicies,
  options: { signal?: AbortSignal; onHashed?: (bytes: number) => void } = {},
): Promise<Judgement> {
  const byPath = judgeByPath(ports.known, clip, policies)
  if (byPath?.final) return byPath.judgement
  if (policies.duplicates !== 'ingest' || byPath !== null) {
    const match = await findByContent(ports, clip, options)
    if (match) {
      const judgement = duplicate(match, byPath?.changedAssetId ?? null, policies)
      return judgement.decision.do === 'skip' ? withCardFiles(ports, clip, judgement, options) : judgement
    }
  }
  return (
    byPath?.judgement ?? { ...UPLOAD, ...news(ports.known, clip), ...possible(ports.known, clip, policies) }
  )
}

/** Of a new clip all files but those of the whole card that went along with another clip already. */
function news(known: KnownUploads, clip: GroupedClip): Partial<Judgement> {
  const newFiles = clip.files.filter((file) => {
    const before = file.role === 'card' ? earlier(known, file) : undefined
    return !before || !sameSighting(file, before)
  })
  return newFiles.length === clip.files.length ? {} : { newFiles }
}

/** A clip that is there already may stand by files of its card that are not: they join it. */
async function withCardFiles(
  ports: DuplicatePorts,
  clip: GroupedClip,
  judgement: Judgement,
  options: { signal?: AbortSignal },
): Promise<Judgement> {
  const unknown: ClipFile[] = []
  for (const file of clip.files.filter(({ role }) => role === 'card'))
    if (!(await isKnownContent(ports, file, options))) unknown.push(file)
  if (unknown.length === 0 || judgement.original === null) return judgement
  return {
    ...judgement,
    decision: { do: 'join', uploadId: judgement.original.uploadId },
    newFiles: unknown,
    note: `${judgement.note ?? ''} Files of its card join it.`.trim(),
  }
}

async function isKnownContent(
  { hasher, known }: DuplicatePorts,
  file: ClipFile,
  options: { signal?: AbortSignal },
): Promise<boolean> {
  if (!known.isSizeRead(file.sizeBytes)) return false
  const { hashes } = await hasher.hashFile(file.path, ['xxh128'], options)
  return known.filesWithXxh128(hashes.xxh128 ?? '', file.sizeBytes).length > 0
}

interface PathJudgement {
  judgement: Judgement
  /** Nothing about the content could change it. */
  final: boolean
  changedAssetId: AssetId | null
}

function judgeByPath(
  known: KnownUploads,
  clip: GroupedClip,
  policies: DuplicatePolicies,
): PathJudgement | null {
  const all = clip.files.map((file) => ({ file, before: earlier(known, file) }))
  const unchanged = all.filter(({ file, before }) => before && sameSighting(file, before))
  // What is the whole card's says nothing about this clip; a new state of it goes along with whatever clip it stands by.
  const seen = all.filter(({ file }) => file.role !== 'card')
  const before =
    unchanged.find(({ file }) => file.role !== 'card')?.before ?? seen.find((entry) => entry.before)?.before
  if (!before) return null
  if (unchanged.length === clip.files.length)
    return { judgement: unchangedClip(before), final: true, changedAssetId: null }
  const changed = seen.filter((entry) => entry.before && !sameSighting(entry.file, entry.before))
  const added = all.filter(
    (entry) => !entry.before || (entry.file.role === 'card' && !unchanged.includes(entry)),
  )
  if (changed.length === 0)
    return {
      judgement: {
        decision: { do: 'join', uploadId: before.uploadId },
        newFiles: added.map(({ file }) => file),
        duplicateOf: null,
        original: null,
        note: `${added.length} more ${added.length === 1 ? 'file joins' : 'files join'} “${before.title}”.`,
      },
      final: true,
      changedAssetId: null,
    }
  return { judgement: changedClip(before, policies), final: false, changedAssetId: before.assetId }
}

/** The upload that last brought the file at this path; failed ones do not count, they are tried again. */
function earlier(known: KnownUploads, file: ClipFile): KnownFile | undefined {
  const all = known.filesAtPath(file.path).filter(({ state }) => state !== 'failed' && state !== 'cancelled')
  return all.find((before) => sameSighting(file, before)) ?? all[0]
}

function unchangedClip(before: KnownFile): Judgement {
  return {
    decision: { do: 'skip', reason: 'unchanged', assetId: before.assetId },
    duplicateOf: { assetId: before.assetId, title: before.title, certain: true },
    original: { uploadId: before.uploadId, isVerified: before.state === 'done' },
    note: before.state === 'active' ? 'It is in the queue already.' : 'It was uploaded already.',
  }
}

function changedClip(before: KnownFile, policies: DuplicatePolicies): Judgement {
  if (policies.changed === 'version' && before.assetId !== null)
    return {
      decision: { do: 'version', assetId: before.assetId },
      duplicateOf: null,
      original: null,
      note: `It changed since it was uploaded: a new version of “${before.title}”.`,
    }
  if (policies.changed === 'skip')
    return {
      decision: {
        do: 'wait',
        reason: 'It changed since it was uploaded, and changed files are left alone here.',
      },
      duplicateOf: null,
      original: null,
      note: null,
    }
  return { ...UPLOAD, note: 'It changed since it was uploaded: a new asset.' }
}

interface ContentMatch {
  assetId: AssetId | null
  title: string
  original: Judgement['original']
}

function duplicate(
  match: ContentMatch,
  changedAssetId: AssetId | null,
  policies: DuplicatePolicies,
): Judgement {
  const { assetId, title, original } = match
  const found = { duplicateOf: { assetId, title, certain: true }, original, note: `Identical to “${title}”.` }
  // A file that was only touched or put back: its asset has these bytes already.
  if (changedAssetId !== null && assetId === changedAssetId)
    return { decision: { do: 'skip', reason: 'duplicate', assetId: assetId }, ...found }
  if (policies.duplicates === 'ingest') return { decision: { do: 'upload' }, ...found }
  if (policies.duplicates === 'version' && assetId !== null)
    return { decision: { do: 'version', assetId: assetId }, ...found }
  return { decision: { do: 'skip', reason: 'duplicate', assetId: assetId }, ...found }
}

/** Files by whose bytes a clip is told from another. */
export function contentOf(clip: GroupedClip): ClipFile[] {
  return clip.files.filter(({ role }) => role !== 'sidecar' && role !== 'card')
}

async function findByContent(
  ports: DuplicatePorts,
  clip: GroupedClip,
  options: { signal?: AbortSignal; onHashed?: (bytes: number) => void },
): Promise<ContentMatch | null> {
  const files = contentOf(clip)
  if (files.length === 0 || files.some((file) => file.sizeBytes === 0)) return null
  const inJournal = files.every((file) => ports.known.isSizeRead(file.sizeBytes))
  const [only] = files
  const inLibrary = files.length === 1 && only !== undefined && ports.libraryHasSize(only.sizeBytes)
  if (!inJournal && !inLibrary) return null
  let candidates: KnownFile[] | undefined
  for (const file of files) {
    const { hashes } = await ports.hasher.hashFile(file.path, inLibrary ? ['xxh128', 'md5'] : ['xxh128'], {
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.onHashed ? { onBytes: options.onHashed } : {}),
    })
    const before = candidates?.map(({ uploadId }) => uploadId)
    candidates = ports.known
      .filesWithXxh128(hashes.xxh128 ?? '', file.sizeBytes)
      .filter(
        ({ state, uploadId }) =>
          (before?.includes(uploadId) ?? true) && state !== 'failed' && state !== 'cancelled',
      )
    if (candidates.length === 0)
      return inLibrary && hashes.md5 !== undefined ? askIconik(ports.api, hashes.md5, options.signal) : null
  }
  const whole = candidates?.find(
    ({ fileCount }) => fileCount >= files.length && fileCount <= clip.files.length,
  )
  return whole
    ? {
        assetId: whole.assetId,
        title: whole.title,
        original: { uploadId: whole.uploadId, isVerified: whole.state === 'done' },
      }
    : null
}

async function askIconik(
  api: IconikApi | null,
  md5: string,
  signal: AbortSignal | undefined,
): Promise<ContentMatch | null> {
  if (!api) return null
  const found = (await api.files.filesByChecksum(md5, signal)).find(({ status }) => status === 'CLOSED')
  if (!found) return null
  const title = await api.assets.get(found.assetId, signal).then(
    (asset) => (asset.status === 'ACTIVE' ? asset.title : null),
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'api.not-found') return null
      throw error
    },
  )
  return title === null ? null : { assetId: found.assetId, title, original: null }
}

/** A file of the same size is on its way: only when it has arrived can the two be told apart. */
function possible(known: KnownUploads, clip: GroupedClip, policies: DuplicatePolicies): Partial<Judgement> {
  const [file] = clip.files
  if (policies.duplicates === 'ingest' || clip.files.length !== 1 || !file || file.sizeBytes === 0) return {}
  const twin = known.unreadOfSize(file.sizeBytes)
  if (!twin || twin.path === file.path) return {}
  return {
    duplicateOf: { assetId: twin.assetId, title: twin.title, certain: false },
    note: `Possible duplicate of “${twin.title}”, which has the same size and is on its way.`,
  }
}
