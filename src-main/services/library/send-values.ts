import type { AssetId, JobId, ViewId } from '@contract/ids.ts'
import { findAppError } from '../../core/errors.ts'
import {
  conflictsOf,
  type FieldEdit,
  isSameValues,
  pickFields,
  settingEdits,
  showsEdits,
} from '../../core/library/field-edits.ts'
import type { EditedAsset, PendingEdit } from '../../ports/library-store.ts'
import type { EditSending } from './edit-sending.ts'

type Values = Record<string, string[]>
type Edits = Record<string, FieldEdit>

const IDS_PER_SEARCH = 100
const PARALLEL = 8
/** How long an accepted change may take to show before each asset is asked for itself. */
const SHOWS_WITHIN_MS = 5_000
const GIVE_UP_AFTER_MS = 120_000
const ASK_EVERY_MS = 400

const ENDED = new Set(['FINISHED', 'FINISHED_WITH_WARNING', 'FAILED', 'ABORTED', 'SKIPPED', 'DISCARDED'])

interface Target extends EditedAsset {
  edits: Edits
  server: Values
}

/**
 * Sends assets `from … to - 1` of an edit of many by one bulk call. What the server holds is read first: where a field that
 * is set changed since it was known here, that asset is split off as a conflict of its own. A bulk call is only accepted
 * (202), so the values are read back; assets that do not take them are split off as a failed edit that names the reason.
 *
 * @throws AppError when the call itself is refused, or the server cannot be reached
 */
export async function sendValuesOfMany(
  sending: EditSending,
  edit: PendingEdit,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<void> {
  const { store } = sending
  const { viewId } = edit
  if (viewId === null) return
  const fields = Object.keys(edit.changes)
  const edited = await store.editedAssets(edit.id, from, to)
  const server = await readValues(
    sending,
    edited.map(({ assetId }) => assetId),
    viewId,
    signal,
  )
  const targets: Target[] = []
  for (const asset of edited) {
    const edits = asset.values ? settingEdits(asset.values) : edit.changes
    const held = server.get(asset.assetId) ?? {}
    const isOdd = asset.base && Object.keys(conflictsOf(asset.base, edits, held)).length > 0
    // The index may be behind our own last edit: only the asset itself knows.
    const now = isOdd ? await valuesOf(sending, asset.assetId, viewId, signal) : held
    const theirs = asset.base ? conflictsOf(asset.base, edits, now) : {}
    if (Object.keys(theirs).length > 0) await splitConflict(sending, edit, asset, edits, theirs)
    else targets.push({ ...asset, edits, server: pickFields(now, fields) })
  }
  await store.noteBefore(
    edit.id,
    targets.map(({ assetId, server: values }) => ({ assetId, values })),
  )
  // What shows the change already would get an appended value twice if this part is sent again after a break.
  const changing = targets.filter((target) => !showsEdits(target.server, target.edits))
  if (changing.length === 0) return
  let jobId: JobId | null
  try {
    jobId = await sendBulk(sending, edit, viewId, changing, signal)
  } catch (error) {
    if (findAppError(error)?.code !== 'api.not-found') throw error
    // One asset that is gone sinks the call for all; the others are sent again without it.
    const gone = await goneOf(sending, changing, signal)
    if (gone.size === 0) throw error
    await splitFailed(sending, edit, [...gone], 'These assets do not exist in iconik any more.')
    const rest = changing.filter(({ assetId }) => !gone.has(assetId))
    if (rest.length === 0) return
    changing.splice(0, changing.length, ...rest)
    jobId = await sendBulk(sending, edit, viewId, rest, signal)
  }
  const { missing, reason } = await readBack(sending, viewId, changing, jobId, signal)
  if (missing.length > 0) await splitFailed(sending, edit, missing, reason)
  const failed = new Set(missing)
  const sent = targets.filter(({ assetId }) => !failed.has(assetId))
  await store.noteSent(
    viewId,
    sent.map(({ assetId, edits }) => ({ assetId, changes: edits })),
  )
}

async function sendBulk(
  { api }: EditSending,
  edit: PendingEdit,
  viewId: ViewId,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<JobId | null> {
  if (targets.every(({ values }) => values === null)) {
    const ids = targets.map(({ assetId }) => assetId)
    return api.metadata.changeMany(viewId, ids, edit.changes, signal)
  }
  const own = targets.map(({ assetId, values }) => ({ assetId, values: values ?? {} }))
  return api.metadata.changeEach(viewId, own, signal)
}

async function goneOf(
  { api }: EditSending,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<Set<AssetId>> {
  const gone = new Set<AssetId>()
  await each(targets, async ({ assetId }) => {
    try {
      await api.assets.get(assetId, signal)
    } catch (error) {
      if (findAppError(error)?.code !== 'api.not-found') throw error
      gone.add(assetId)
    }
  })
  return gone
}

/** Values by the search index, 100 assets a call; assets that it does not show are asked one by one. */
async function readValues(
  sending: EditSending,
  ids: readonly AssetId[],
  viewId: ViewId,
  signal: AbortSignal,
): Promise<Map<AssetId, Values>> {
  const found = new Map<AssetId, Values>()
  for (let at = 0; at < ids.length; at += IDS_PER_SEARCH) {
    const { rows } = await sending.api.search.assets(
      {
        terms: [{ name: 'id', valueIn: ids.slice(at, at + IDS_PER_SEARCH) }],
        includeFields: ['id', 'metadata'],
        perPage: IDS_PER_SEARCH,
      },
      signal,
    )
    for (const { id, metadata } of rows) found.set(id, metadata)
  }
  await each(
    ids.filter((id) => !found.has(id)),
    async (id) => void found.set(id, await valuesOf(sending, id, viewId, signal)),
  )
  return found
}

async function valuesOf(
  { api }: EditSending,
  id: AssetId,
  viewId: ViewId,
  signal: AbortSignal,
): Promise<Values> {
  return (await api.metadata.getValues('assets', id, viewId, signal)).values
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values()
  const lane = async () => {
    for (const item of waiting) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, lane))
}

async function splitConflict(
  { store }: EditSending,
  edit: PendingEdit,
  { assetId, base }: EditedAsset,
  changes: Edits,
  theirs: Values,
): Promise<void> {
  if (edit.viewId === null) return
  const known = await store.editsOf(assetId, edit.viewId)
  // After a break the same part is looked at again.
  if (known.some(({ state, createdMs }) => state === 'conflict' && createdMs === edit.createdMs)) return
  const id = await store.addEdit({
    kind: 'metadata',
    assetIds: [assetId],
    viewId: edit.viewId,
    changes,
    base,
    createdMs: edit.createdMs,
  })
  await store.updateEdit(id, { state: 'conflict', theirs })
}

async function splitFailed(
  { store }: EditSending,
  edit: PendingEdit,
  assetIds: AssetId[],
  reason: string,
): Promise<void> {
  const { kind, viewId, changes, createdMs } = edit
  const id = await store.addEdit({ kind, assetIds, viewId, changes, base: null, createdMs })
  await store.updateEdit(id, { state: 'failed', reason })
}

/** @returns assets that do not show their change, and why, as far as the server told */
async function readBack(
  sending: EditSending,
  viewId: ViewId,
  targets: readonly Target[],
  jobId: JobId | null,
  signal: AbortSignal,
): Promise<{ missing: AssetId[]; reason: string }> {
  const { clock } = sending
  const startedMs = clock.monotonicMs()
  const ageMs = () => clock.monotonicMs() - startedMs
  // The server may write a value in another form than it was sent in; what is no longer as it was has been changed.
  const shows = ({ edits, server }: Target, now: Values) =>
    showsEdits(now, edits) || !isSameValues(pickFields(now, Object.keys(edits)), server)
  let missing = [...targets]
  const look = async (read: (ids: AssetId[]) => Promise<Map<AssetId, Values>>) => {
    const values = await read(missing.map(({ assetId }) => assetId))
    missing = missing.filter((target) => !shows(target, values.get(target.assetId) ?? {}))
  }
  const bySearch = (ids: AssetId[]) => readValues(sending, ids, viewId, signal)
  const byAsset = async (ids: AssetId[]) => {
    const values = new Map<AssetId, Values>()
    await each(ids, async (id) => void values.set(id, await valuesOf(sending, id, viewId, signal)))
    return values
  }
  for (;;) {
    const job = jobId === null ? null : await readJob(sending, jobId, signal)
    const isEnded = job !== null && ENDED.has(job.status)
    if (job === null || isEnded) await look(isEnded && ageMs() > SHOWS_WITHIN_MS ? byAsset : bySearch)
    if (missing.length === 0) return { missing: [], reason: '' }
    if (isEnded || ageMs() > GIVE_UP_AFTER_MS) {
      await look(byAsset)
      const said = job?.errorMessage || job?.message || 'iconik accepted the change but does not show it.'
      return { missing: missing.map(({ assetId }) => assetId), reason: missing.length > 0 ? said : '' }
    }
    await clock.sleep(ASK_EVERY_MS, signal)
  }
}

async function readJob({ api }: EditSending, id: JobId, signal: AbortSignal) {
  try {
    return await api.jobs.get(id, signal)
  } catch (error) {
    // Without the right to see jobs, only the values tell.
    const code = findAppError(error)?.code
    if (code === 'auth.role-missing' || code === 'api.not-found') return null
    throw error
  }
}
