import type { AssetId } from '@contract/ids.ts'
import { findAppError } from '../../core/errors.ts'
import { conflictsOf, pickFields, settingEdits } from '../../core/library/field-edits.ts'
import type { LibraryStore, PendingEdit } from '../../ports/library-store.ts'
import type { EditSending } from './edit-sending.ts'
import { sendValuesOfMany } from './send-values.ts'

/** How an edit stands after a part of it was sent. */
export interface PartOutcome {
  state: PendingEdit['state']
  sentCount: number
  /** Assets that this part was about. */
  touched: AssetId[]
}

/** Most objects that one bulk call of iconik takes. */
const BULK = 500
/** iconik has no bulk call for the contents of collections: so many calls make one part, so many at a time. */
const MEMBERS_PER_PART = 100
const PARALLEL = 4

/** Sends the next part of an edit. @throws AppError when the server refused it or cannot be reached */
export function sendEditPart(
  sending: EditSending,
  edit: PendingEdit,
  signal: AbortSignal,
): Promise<PartOutcome> {
  switch (edit.kind) {
    case 'rename':
      return sendRename(sending, edit, signal)
    case 'metadata':
      return edit.assetIds.length === 1
        ? sendValuesOfOne(sending, edit, signal)
        : inParts(edit, BULK, (from, to) => sendValuesOfMany(sending, edit, from, to, signal))
    case 'add':
    case 'remove':
      return inParts(edit, MEMBERS_PER_PART, (from, to) =>
        sendMembers(sending, edit, edit.assetIds.slice(from, to), signal),
      )
    case 'trash':
    case 'restore':
    case 'purge': {
      const { kind } = edit
      return inParts(edit, BULK, (from, to) =>
        sending.api.assets[kind](edit.assetIds.slice(from, to), signal),
      )
    }
  }
}

/** What an edit did to the mirror ahead of the server is undone where it was not sent: it was refused or stopped. */
export async function takeBackShown(store: LibraryStore, edit: PendingEdit): Promise<void> {
  const unsent = edit.assetIds.slice(edit.sentCount)
  if (edit.kind === 'trash') await store.setStatus(unsent, 'ACTIVE')
  if (edit.kind === 'restore') await store.setStatus(unsent, 'DELETED')
  if (edit.collectionId && (edit.kind === 'add' || edit.kind === 'remove'))
    await store.setMembership(edit.collectionId, unsent, edit.kind === 'remove')
}

async function inParts(
  edit: PendingEdit,
  size: number,
  send: (from: number, to: number) => Promise<void>,
): Promise<PartOutcome> {
  const to = Math.min(edit.sentCount + size, edit.assetIds.length)
  await send(edit.sentCount, to)
  return {
    state: to === edit.assetIds.length ? 'done' : 'waiting',
    sentCount: to,
    touched: edit.assetIds.slice(edit.sentCount, to),
  }
}

const done = ({ assetIds }: PendingEdit): PartOutcome => ({
  state: 'done',
  sentCount: assetIds.length,
  touched: assetIds,
})

async function sendRename(
  { api }: EditSending,
  edit: PendingEdit,
  signal: AbortSignal,
): Promise<PartOutcome> {
  const title = edit.changes['title']?.values[0]
  for (const id of edit.assetIds) if (title) await api.assets.update(id, { title }, signal)
  return done(edit)
}

async function sendValuesOfOne(
  { store, api }: EditSending,
  edit: PendingEdit,
  signal: AbortSignal,
): Promise<PartOutcome> {
  const [assetId] = edit.assetIds
  const { viewId } = edit
  if (!assetId || viewId === null) return done(edit)
  const [own] = await store.editedAssets(edit.id, 0, 1)
  const changes = own?.values ? settingEdits(own.values) : edit.changes
  const base = edit.base ?? (own?.values ? own.base : null)
  const before = await api.metadata.getValues('assets', assetId, viewId, signal)
  const theirs = base ? conflictsOf(base, changes, before.values) : {}
  if (Object.keys(theirs).length > 0) {
    await store.keep('values', `${assetId} ${viewId}`, before.values)
    await store.updateEdit(edit.id, { theirs, changes })
    return { state: 'conflict', sentCount: 0, touched: [assetId] }
  }
  await store.noteBefore(edit.id, [{ assetId, values: pickFields(before.values, Object.keys(changes)) }])
  await api.metadata.putValues('assets', assetId, viewId, changes, signal)
  await store.keep('values', `${assetId} ${viewId}`, before.values)
  await store.noteSent(viewId, [{ assetId, changes }])
  return done(edit)
}

async function sendMembers(
  { api }: EditSending,
  { kind, collectionId }: PendingEdit,
  assetIds: readonly AssetId[],
  signal: AbortSignal,
): Promise<void> {
  if (collectionId === null) return
  const waiting = assetIds.values()
  const lane = async () => {
    for (const assetId of waiting) {
      try {
        if (kind === 'add') await api.collections.addAsset(collectionId, assetId, signal)
        else await api.collections.removeAsset(collectionId, assetId, signal)
      } catch (error) {
        if (findAppError(error)?.code !== 'api.not-found') throw error
        // Either the asset is gone, or was taken out by somebody else, and nothing is left to do; or the collection is.
        await api.collections.get(collectionId, signal)
      }
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, lane))
}
