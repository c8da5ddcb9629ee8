import { createHash } from 'node:crypto'
import path from 'node:path'
import type { AccountId, AssetId, BatchId, UploadId } from '@contract/ids.ts'
import type { SendPlan, SendRequest } from '@contract/send.ts'
import type { StorageView } from '@contract/settings.ts'
import type { Clip, PlannedClip } from '../../core/clip.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { missingRoles } from '../../core/needed-roles.ts'
import { bestView, fittingValues, type WhyLeft } from '../../core/send/fitting-values.ts'
import type { AccountSession, OpenSession } from '../../ports/account-session.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FieldDocument, ViewDocument } from '../../ports/iconik-api.ts'
import type { StagingFolder } from '../../ports/staging-folder.ts'
import type { UploadJournal } from '../../ports/upload-journal.ts'
import { type Collected, collectAssets, type SourceAsset } from './collect-assets.ts'

const LOOK_UP = 50
const NAMED_AT_MOST = 100
/** How long what was read of the workspace serves the plans of one sheet. */
const READING_HOLDS_MS = 5 * 60_000

interface Deps {
  /** The account that is open; its assets are sent. */
  session: AccountSession
  openBeside: (id: AccountId, signal?: AbortSignal) => Promise<OpenSession>
  storagesOf: (session: OpenSession, signal?: AbortSignal) => Promise<StorageView[]>
  journal: UploadJournal
  folder: StagingFolder
  clock: Clock
}

type Standing =
  | { is: 'new' }
  | { is: 'version'; of: AssetId }
  /** `underWay`: its upload that is not over yet. */
  | { is: 'sent'; underWay?: UploadId }
  /** Made there once, and gone from there. */
  | { is: 'deleted' }

interface Reading {
  source: OpenSession
  key: string
  atMs: number
  collected: Collected
  fields: ReadonlyMap<string, FieldDocument>
}

/** What a sending put into the journal. */
export interface Sent {
  /** null when nothing was new. */
  batchId: BatchId | null
  queuedCount: number
  /** Those that are new, and those of an earlier sending that are not over yet. */
  uploadIds: UploadId[]
}

interface Made {
  plan: SendPlan
  underWay: UploadId[]
  clips: PlannedClip[]
}

/**
 * Sends assets of the local workspace to an account: each once, by rows of the journal that an ordinary upload has too. Its external id
 * follows from the asset that it comes from, so that a second sending finds the first one's rows here, and its assets there.
 */
export class SendToAccount {
  readonly #deps: Deps
  #reading: Reading | null = null
  #last: Promise<unknown> = Promise.resolve()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** @throws AppError auth.*, network.*, api.* of either side; api.invalid where the open account is no local workspace */
  async plan(request: SendRequest, signal?: AbortSignal): Promise<SendPlan> {
    return (await this.#make(request, signal)).plan
  }

  /** One after the other: two at once must not both find that nothing was sent yet. */
  start(request: SendRequest, signal?: AbortSignal): Promise<Sent> {
    const result = this.#last.then(() => this.#start(request, signal))
    this.#last = result.catch(() => undefined)
    return result
  }

  async #start(request: SendRequest, signal?: AbortSignal): Promise<Sent> {
    const { plan, clips, underWay } = await this.#make(request, signal)
    const [blocker] = plan.blockers
    if (blocker !== undefined) throw new AppError('storage.unsupported', blocker)
    if (clips.length === 0) return { batchId: null, queuedCount: 0, uploadIds: underWay }
    const { batchId, queued, uploadIds } = this.#deps.journal.commit(
      request.accountId,
      {
        title: clips.length === 1 ? (clips[0] as PlannedClip).clip.title : 'From the local workspace',
        source: 'send',
        watchFolderId: null,
        after: { do: 'leave' },
        clips,
      },
      this.#deps.clock.nowMs(),
    )
    const ids = [...underWay, ...uploadIds].filter((id) => id !== null)
    return { batchId, queuedCount: queued, uploadIds: [...new Set(ids)] }
  }

  async #make(request: SendRequest, signal?: AbortSignal): Promise<Made> {
    const source = this.#deps.session.require()
    if (source.accountId === request.accountId)
      throw new AppError('api.invalid', 'What is in an account cannot be sent to the same account.')
    const [target, reading] = await Promise.all([
      this.#deps.openBeside(request.accountId, signal),
      this.#read(source, request.assetIds, signal),
    ])
    const api = target.api.inLane('person')
    const [views, storages] = await Promise.all([
      api.metadata.listViews(signal),
      this.#deps.storagesOf(target, signal),
    ])
    const { assets } = reading.collected
    const view = await this.#view(request, target, views, reading, signal)
    const standings = await this.#standings(source, target, assets, signal)
    const there = new Map((view?.fields ?? []).map((field) => [field.name, field]))
    const left = new Map<string, { reason: WhyLeft; assetCount: number }>()
    const clips: PlannedClip[] = []
    for (const [index, asset] of assets.entries()) {
      const standing = standings[index] as Standing
      if (standing.is === 'sent' || (standing.is === 'deleted' && !request.again)) continue
      const values = fittingValues(asset.values, reading.fields, there)
      for (const { name, reason } of values.left)
        left.set(name, { reason, assetCount: (left.get(name)?.assetCount ?? 0) + 1 })
      clips.push({
        clip: this.#clip(source, asset),
        target: {
          collectionId: null,
          collectionPath: [...request.into, ...(request.withCollections ? asset.collectionPath : [])],
          storageId: request.storageId,
          access: request.access,
          viewId: view?.id ?? null,
          metadata: values.fitting,
        },
        decision: standing.is === 'version' ? { do: 'version', assetId: standing.of } : { do: 'upload' },
        ...(standing.is === 'new' && { externalId: externalIdOf(source, asset.id) }),
      })
    }
    const count = (is: Standing['is']) => standings.filter((standing) => standing.is === is).length
    const isVersion = ({ decision }: PlannedClip) => decision.do === 'version'
    const paths = new Set(
      clips.flatMap(({ target: { collectionPath } }) =>
        collectionPath.map((_, depth) => JSON.stringify(collectionPath.slice(0, depth + 1))),
      ),
    )
    return {
      clips,
      underWay: standings.flatMap((standing) =>
        standing.is === 'sent' && standing.underWay ? [standing.underWay] : [],
      ),
      plan: {
        newCount: clips.filter((clip) => !isVersion(clip)).length,
        versionCount: clips.filter(isVersion).length,
        sizeBytes: clips.reduce(
          (sum, { clip }) => sum + clip.files.reduce((all, one) => all + one.sizeBytes, 0),
          0,
        ),
        sentCount: count('sent'),
        deletedCount: count('deleted'),
        left: reading.collected.left.slice(0, NAMED_AT_MOST),
        leftCount: reading.collected.left.length,
        isCut: reading.collected.isCut,
        views: views.map(({ id, name }) => ({ id, name })),
        viewId: view?.id ?? null,
        fieldsLeft:
          request.viewId === 'none'
            ? []
            : [...left].map(([name, why]) => ({ label: reading.fields.get(name)?.label || name, ...why })),
        collectionCount: paths.size,
        storages,
        blockers: blockersOf(target, storages, request),
      },
    }
  }

  /** The workspace is read once for a sheet, whatever is chosen in it. */
  async #read(
    source: OpenSession,
    assetIds: SendRequest['assetIds'],
    signal?: AbortSignal,
  ): Promise<Reading> {
    const key = JSON.stringify(assetIds)
    const atMs = this.#deps.clock.monotonicMs()
    const known = this.#reading
    if (known?.source === source && known.key === key && atMs - known.atMs < READING_HOLDS_MS) return known
    const api = source.api.inLane('person')
    const [collected, fields] = await Promise.all([
      collectAssets(api, assetIds, signal),
      api.metadata.listFields(signal),
    ])
    const byName = new Map(fields.map((field) => [field.name, field]))
    return (this.#reading = { source, key, atMs, collected, fields: byName })
  }

  async #view(
    request: SendRequest,
    target: OpenSession,
    views: readonly ViewDocument[],
    reading: Reading,
    signal?: AbortSignal,
  ): Promise<ViewDocument | null> {
    if (request.viewId === 'none') return null
    const used = new Map<string, number>()
    for (const { values } of reading.collected.assets)
      for (const [name, given] of Object.entries(values))
        if (given.length > 0 && reading.fields.has(name)) used.set(name, (used.get(name) ?? 0) + 1)
    const id = request.viewId ?? bestView(views, used)?.id
    return id ? await target.api.inLane('person').metadata.getView(id, signal) : null
  }

  async #standings(
    source: OpenSession,
    target: OpenSession,
    assets: readonly SourceAsset[],
    signal?: AbortSignal,
  ): Promise<Standing[]> {
    const { journal } = this.#deps
    const { accountId } = target
    const standings = new Map<AssetId, Standing>()
    const made = new Map<AssetId, AssetId>()
    const unknown: SourceAsset[] = []
    for (const asset of assets) {
      const first = asset.files[0] as SourceAsset['files'][number]
      const [same] = journal.filesAtPath(accountId, this.#pathOf(source, asset, first))
      const before = journal.uploadByExternalId(accountId, externalIdOf(source, asset.id))
      if (same && same.state !== 'failed') {
        standings.set(asset.id, { is: 'sent', ...(same.state === 'active' && { underWay: same.uploadId }) })
        if (same.state !== 'active' && same.assetId) made.set(asset.id, same.assetId)
      } else if (before && before.step !== 'failed' && before.assetId && !same) {
        standings.set(asset.id, { is: 'version', of: before.assetId })
        made.set(asset.id, before.assetId)
      } else if (before?.step === 'failed' || same?.state === 'failed') {
        standings.set(asset.id, { is: 'new' })
      } else unknown.push(asset)
    }
    for (const id of await goneFrom(target, [...made.values()], signal))
      for (const [assetId, there] of made) if (there === id) standings.set(assetId, { is: 'deleted' })
    // Another station may have sent it, or this one before its journal was lost.
    const there = await foundThere(
      target,
      unknown.map(({ id }) => externalIdOf(source, id)),
      signal,
    )
    for (const { id } of unknown)
      standings.set(id, { is: there.has(externalIdOf(source, id)) ? 'sent' : 'new' })
    return assets.map(({ id }) => standings.get(id) as Standing)
  }

  #clip(source: OpenSession, asset: SourceAsset): Clip {
    const directories = asset.files.map(({ directoryPath }) => parts(directoryPath))
    const common = commonStart(directories)
    const files = asset.files.map((file, index) => ({
      path: this.#pathOf(source, asset, file),
      relativePath: [...(directories[index] as string[]).slice(common.length), plainName(file)].join('/'),
      role: 'essence' as const,
      sizeBytes: file.sizeBytes,
      // Whole seconds: disks keep fractions differently.
      mtimeMs: Math.floor((Date.parse(file.modifiedAt ?? '') || 0) / 1000) * 1000,
      inode: '',
    }))
    return {
      kind: files.length > 1 ? 'camera' : 'file',
      title: asset.title,
      rootPath: path.dirname(path.dirname(files[0]?.path ?? '')),
      directory: common.join('/'),
      files,
      metadataSidecars: [],
    }
  }

  #pathOf(source: OpenSession, asset: SourceAsset, file: SourceAsset['files'][number]): string {
    const place = { accountId: source.accountId, assetId: asset.id, fileId: file.id }
    return this.#deps.folder.pathOf(place, plainName(file))
  }
}

/** Follows from where an asset comes from: the same on every station. */
function externalIdOf(source: OpenSession, id: AssetId): string {
  return `ferry${createHash('sha256')
    .update(JSON.stringify([source.accountId, id]))
    .digest('hex')
    .slice(0, 32)}`
}

function blockersOf(target: OpenSession, storages: readonly StorageView[], request: SendRequest): string[] {
  const missing = missingRoles([...target.roles])
  const roles =
    missing.length > 0
      ? [`${target.userName} lacks ${missing.join(', ')} there. An administrator can give it.`]
      : []
  const storage = storages.find(({ id, isDefault }) =>
    request.storageId === null ? isDefault : id === request.storageId,
  )
  const refusal =
    storage?.reason ?? (request.storageId !== null && !storage ? 'The storage is not there any more.' : null)
  return refusal === null ? roles : [...roles, `Nothing can be sent to ${storage?.name ?? 'it'}. ${refusal}`]
}

/** Those of our external ids that an asset there has. Believed as it stands: whoever is found is not made again. */
async function foundThere(
  target: OpenSession,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<Set<string>> {
  const api = target.api.inLane('person')
  const found = new Set<string>()
  for (let at = 0; at < ids.length; at += LOOK_UP) {
    const terms = [{ name: 'external_id', valueIn: ids.slice(at, at + LOOK_UP) }]
    const { rows } = await api.search.assets({ terms, perPage: 2 * LOOK_UP }, signal)
    for (const { externalId, status } of rows)
      if (externalId !== null && status === 'ACTIVE') found.add(externalId)
  }
  return found
}

/** Those of the assets that are not there any more: search may lag, so the asset itself is asked. */
async function goneFrom(
  target: OpenSession,
  ids: readonly AssetId[],
  signal?: AbortSignal,
): Promise<AssetId[]> {
  const api = target.api.inLane('person')
  const gone: AssetId[] = []
  for (let at = 0; at < ids.length; at += LOOK_UP) {
    const page = ids.slice(at, at + LOOK_UP)
    const terms = [{ name: 'id', valueIn: page }]
    const { rows } = await api.search.assets({ terms, perPage: LOOK_UP }, signal)
    const seen = new Set(rows.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id))
    for (const id of page.filter((one) => !seen.has(one)))
      if (!(await isActive(target, id, signal))) gone.push(id)
  }
  return gone
}

async function isActive(target: OpenSession, id: AssetId, signal?: AbortSignal): Promise<boolean> {
  try {
    return (await target.api.inLane('person').assets.get(id, signal)).status === 'ACTIVE'
  } catch (error) {
    if (findAppError(error)?.code === 'api.not-found') return false
    throw error
  }
}

const parts = (directory: string) =>
  directory.split(/[/\\]+/).filter((part) => part !== '' && part !== '.' && part !== '..')

/** What is a path elsewhere is a name here. */
function plainName({ originalName, name }: { originalName: string; name: string }): string {
  const plain = (originalName || name).replaceAll(/[/\\\0]/g, '_')
  return plain === '' || plain === '.' || plain === '..' ? '_' : plain
}

function commonStart(lists: readonly string[][]): string[] {
  const [first = [], ...rest] = lists
  let length = first.length
  for (const list of rest) {
    let same = 0
    while (same < length && list[same] === first[same]) same += 1
    length = same
  }
  return first.slice(0, length)
}
