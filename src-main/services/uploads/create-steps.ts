import mime from 'mime'
import type { AssetId } from '@contract/ids.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { mayHaveHappened } from '../../core/upload/retry-policy.ts'
import { FIRST_SWEEP_MS } from '../../core/upload/sweep-schedule.ts'
import type { CreateKind, UploadFileRecord, UploadRecord } from '../../core/upload/upload-record.ts'
import { afterCreate, beforeCreate, sweepFor } from '../../core/upload/upload-state.ts'
import type { CreatedIds } from '../../core/upload/upload-state.ts'
import { mayGoInOne } from '../../core/upload/one-shot.ts'
import type { AssetDocument, FormatDocument, StorageDocument } from '../../ports/iconik-api.ts'
import type { UploadChanges } from '../../ports/upload-journal.ts'
import type { ProbedMedia } from '../../ports/media-probe.ts'
import { readSource } from './read-source.ts'
import type { UploadContext } from './upload-context.ts'

export const FORMAT_NAME = 'ORIGINAL'

/** Sends one create; the row says so before, and holds the ids right after. */
export async function createObject(
  context: UploadContext,
  upload: UploadRecord,
  what: CreateKind,
): Promise<void> {
  const { journal, id } = context
  const prepared = await prepare(context, upload, what)
  journal.update(id, { active: true, ...beforeCreate(what), ...prepared.changes })
  try {
    record(context, what, await prepared.send())
  } catch (error) {
    const known = findAppError(error)
    if (known && !mayHaveHappened(known)) journal.update(id, { pending: null })
    throw error
  }
}

/** Looks for what an unanswered create made: adopts it, or clears the way for sending it again. */
export async function findObject(
  context: UploadContext,
  upload: UploadRecord,
  what: CreateKind,
): Promise<void> {
  const found = await lookUp(context, upload, what)
  if (found) {
    record(context, what, found)
    return
  }
  const sweep = sweepFor(what)
  if (sweep) sweepLater(context, upload, sweep)
  context.journal.update(context.id, { pending: null })
}

/** A second asset with our external id may turn up once the index has caught up; something second inside it, any time. */
export function sweepLater(
  context: UploadContext,
  upload: UploadRecord,
  kind: 'asset' | 'inside' = 'asset',
): void {
  context.journal.addSweep({
    accountId: upload.accountId,
    kind,
    externalId: upload.externalId,
    ownerId: upload.id,
    dueMs: context.clock.nowMs() + FIRST_SWEEP_MS,
  })
}

function record(context: UploadContext, what: CreateKind, made: CreatedIds): void {
  context.journal.update(context.id, afterCreate(what, made) as UploadChanges)
}

interface PreparedCreate {
  /** Written together with the note that the request is sent. */
  changes: UploadChanges
  send: () => Promise<CreatedIds>
}

/** Does everything that may fail before the request that makes something. */
async function prepare(
  context: UploadContext,
  upload: UploadRecord,
  what: CreateKind,
): Promise<PreparedCreate> {
  switch (what) {
    case 'asset':
      return prepareAsset(context, upload)
    case 'version':
      return prepareVersion(context, upload)
    case 'format':
      return prepareFormat(context, upload)
    case 'file-set':
      return prepareFileSet(context, upload)
  }
}

async function prepareAsset(context: UploadContext, upload: UploadRecord): Promise<PreparedCreate> {
  const { api } = context.session
  const storage = await context.storages.get(upload.target.storageId)
  const collectionId = await context.collections.resolve(upload.target)
  const goesInOne = await mayUseOneCall(context, upload, storage)
  const way = goesInOne ? 'one-shot' : 'long'
  if (goesInOne) await readSource(context, storage)
  else await checkReadable(context, upload)
  return {
    changes: { storageId: storage.id, way },
    send: async () => {
      const asset = await api.assets.create(
        {
          title: upload.title,
          externalId: upload.externalId,
          collectionId,
          access: upload.target.access,
        },
        context.signal,
      )
      return { id: asset.id, versionId: currentVersion(asset) }
    },
  }
}

/** Whether a clip may go in one call as far as its row tells. */
export function looksFitForOneCall(upload: UploadRecord, files: readonly UploadFileRecord[]): boolean {
  return mayGoInOne({ decision: upload.decision.do, files, storageMethod: 'S3', componentCount: 0 })
}

/** What looked fit for one call was not looked at yet; a source that cannot be read must leave no asset behind. */
async function checkReadable(context: UploadContext, upload: UploadRecord): Promise<void> {
  const files = context.journal.files(context.id)
  if (!looksFitForOneCall(upload, files)) return
  for (const file of files) await context.fileSystem.checkReadable(file.path)
}

async function mayUseOneCall(
  context: UploadContext,
  upload: UploadRecord,
  storage: StorageDocument,
): Promise<boolean> {
  const facts = {
    decision: upload.decision.do,
    files: context.journal.files(upload.id),
    storageMethod: storage.method,
  }
  return (
    mayGoInOne({ ...facts, componentCount: 0 }) &&
    context.mountOf(storage.id) === null &&
    !context.journal.isOneShotRefused(upload.accountId, storage.id) &&
    mayGoInOne({ ...facts, componentCount: (await probed(context, upload))?.components.length ?? 0 })
  )
}

/** Technical metadata of the file that stands for the clip; looked at once in a run. */
function probed(context: UploadContext, upload: UploadRecord): Promise<ProbedMedia | undefined> {
  return (context.probed ??= Promise.resolve(context.probe?.probe(upload.path, context.signal)))
}

export async function formatMetadata(
  context: UploadContext,
  upload: UploadRecord,
): Promise<Record<string, string>> {
  const mediaType = mime.getType(upload.path)
  return {
    ...(mediaType ? { internet_media_type: mediaType } : {}),
    ...(await probed(context, upload))?.format,
  }
}

async function prepareVersion(context: UploadContext, upload: UploadRecord): Promise<PreparedCreate> {
  const { api } = context.session
  const assetId = assetOf(upload)
  const storage = await context.storages.get(upload.target.storageId)
  const empty = await emptyVersion(context, upload, assetId)
  if (empty)
    return { changes: { versionsBefore: [], storageId: storage.id }, send: async () => ({ id: empty }) }
  const before = (await api.assets.get(assetId, context.signal)).versions.map((version) => version.id)
  return {
    changes: { versionsBefore: before, storageId: storage.id },
    send: async () => {
      const made = newVersion(await api.assets.createVersion(assetId, context.signal), before)
      if (!made) throw new AppError('api.unexpected', `The server made no new version of ${upload.title}.`)
      return { id: made }
    },
  }
}

/** The version of an asset that waits for its first file; null where it has one by now, or was not asked for. */
async function emptyVersion(
  { session, signal }: UploadContext,
  { decision }: UploadRecord,
  assetId: AssetId,
): Promise<string | null> {
  if (decision.do !== 'version' || !decision.intoCurrent) return null
  const formats = await session.api.files.listFormats(assetId, signal)
  if (formats.some(({ status }) => status !== 'DELETED')) return null
  return currentVersion(await session.api.assets.get(assetId, signal))
}

async function prepareFormat(context: UploadContext, upload: UploadRecord): Promise<PreparedCreate> {
  const { api, userId } = context.session
  const storage = await context.storages.get(upload.storageId)
  const metadata = await formatMetadata(context, upload)
  const components = (await probed(context, upload))?.components ?? []
  return {
    changes: {},
    send: () =>
      api.files.createFormat(
        assetOf(upload),
        {
          name: FORMAT_NAME,
          userId,
          metadata,
          storageMethod: storage.method,
          versionId: upload.versionId,
          components,
        },
        context.signal,
      ),
  }
}

async function prepareFileSet(context: UploadContext, upload: UploadRecord): Promise<PreparedCreate> {
  const { api } = context.session
  const storage = await context.storages.get(upload.storageId)
  return {
    changes: {},
    send: () =>
      api.files.createFileSet(
        assetOf(upload),
        {
          name: upload.title,
          formatId: upload.formatId ?? '',
          storageId: storage.id,
          baseDir: '',
          componentIds: [],
          versionId: upload.versionId,
        },
        context.signal,
      ),
  }
}

async function lookUp(
  context: UploadContext,
  upload: UploadRecord,
  what: CreateKind,
): Promise<CreatedIds | null> {
  const { api } = context.session
  switch (what) {
    case 'asset': {
      const [asset] = await findAssets(context, upload.externalId)
      return asset ? { id: asset.id, versionId: currentVersion(asset) } : null
    }
    case 'version': {
      const asset = await api.assets.get(assetOf(upload), context.signal)
      const made = newVersion(asset, upload.versionsBefore ?? [])
      return made ? { id: made } : null
    }
    case 'format': {
      const formats = await api.files.listFormats(assetOf(upload), context.signal)
      return formats.find((format) => isOurFormat(format, upload)) ?? null
    }
    case 'file-set': {
      const sets = await api.files.listFileSets(assetOf(upload), context.signal)
      return sets.find((set) => set.formatId === upload.formatId && set.status !== 'DELETED') ?? null
    }
  }
}

export function isOurFormat(format: FormatDocument, upload: UploadRecord): boolean {
  return (
    format.name === FORMAT_NAME &&
    format.status !== 'DELETED' &&
    (upload.versionId === null || format.versionId === null || format.versionId === upload.versionId)
  )
}

/** Assets that carry our external id: by search, then believed only when the asset itself says so. */
export async function findAssets(
  context: Pick<UploadContext, 'session' | 'signal'>,
  externalId: string,
): Promise<AssetDocument[]> {
  const { api } = context.session
  const { rows } = await api.search.assets(
    { terms: [{ name: 'external_id', value: externalId }], perPage: 10 },
    context.signal,
  )
  const ours: AssetDocument[] = []
  for (const row of rows) {
    try {
      const asset = await api.assets.get(row.id, context.signal)
      if (asset.externalId === externalId && asset.status === 'ACTIVE') ours.push(asset)
    } catch (error) {
      // Deleted since it was indexed.
      if (findAppError(error)?.code !== 'api.not-found') throw error
    }
  }
  return ours.sort((a, b) => a.dateCreated.localeCompare(b.dateCreated))
}

function assetOf(upload: UploadRecord): AssetId {
  if (!upload.assetId) throw new AppError('bug', `The upload of ${upload.title} has no asset yet.`)
  return upload.assetId
}

function currentVersion(asset: AssetDocument): string | null {
  return asset.defaultVersionId ?? asset.versions[0]?.id ?? null
}

function newVersion(asset: AssetDocument, before: readonly string[]): string | null {
  return asset.versions.find((version) => !before.includes(version.id))?.id ?? null
}
