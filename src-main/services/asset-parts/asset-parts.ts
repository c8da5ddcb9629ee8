import type { HistoryEntry, RelationType, RelationView } from '@contract/asset-parts.ts'
import type { AssetId } from '@contract/ids.ts'
import type { SegmentView } from '@contract/segments.ts'
import type { AssetRow } from '@contract/assets.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import type { AccountSession } from '../../ports/account-session.ts'
import type { AssetDocument } from '../../ports/iconik-api.ts'

const HISTORY_SHOWN = 100

/** What the inspector reads of one asset when it shows it: comments, relations, versions, history. */
export class AssetParts {
  readonly #session: AccountSession
  readonly #rowOf: (document: AssetDocument) => AssetRow
  readonly #noticed: (ids: AssetId[]) => void

  /**
   * @param rowOf how an answer of the server is shown as a row
   * @param noticed assets whose rows should be read again
   */
  constructor(deps: {
    session: AccountSession
    rowOf: (document: AssetDocument) => AssetRow
    noticed: (ids: AssetId[]) => void
  }) {
    this.#session = deps.session
    this.#rowOf = deps.rowOf
    this.#noticed = deps.noticed
  }

  async segments(id: AssetId, signal?: AbortSignal): Promise<SegmentView[]> {
    const all = await this.#api().segments.list(id, signal)
    return all.toSorted(
      (left, right) =>
        (left.startMs ?? -1) - (right.startMs ?? -1) || left.dateCreated.localeCompare(right.dateCreated),
    )
  }

  async createSegment(
    id: AssetId,
    segment: Pick<SegmentView, 'type' | 'text' | 'startMs' | 'endMs' | 'parentId'>,
  ): Promise<SegmentView> {
    const made = await this.#api().segments.create(id, segment)
    this.#noticed([id])
    return made
  }

  updateSegment(
    id: AssetId,
    segmentId: string,
    changes: { text?: string | undefined; isDone?: boolean | undefined },
  ): Promise<void> {
    return this.#api().segments.update(id, segmentId, changes)
  }

  async deleteSegment(id: AssetId, segmentId: string): Promise<void> {
    await this.#api().segments.delete(id, segmentId)
    this.#noticed([id])
  }

  relationTypes(signal?: AbortSignal): Promise<RelationType[]> {
    return this.#api().relations.types(signal)
  }

  async relations(id: AssetId, signal?: AbortSignal): Promise<RelationView[]> {
    const [types, all] = await Promise.all([
      this.#api().relations.types(signal),
      this.#api().relations.list(id, signal),
    ])
    const byName = new Map(types.map((type) => [type.name, type]))
    return all.map(({ type, description, ownerId, asset }) => {
      const isOwn = ownerId === id
      const known = byName.get(type)
      const label = (isOwn ? known?.sourceLabel : known?.destinationLabel) ?? type
      return { type, label, description, asset: this.#rowOf(asset), isOwn }
    })
  }

  async relate(id: AssetId, type: string, otherId: AssetId): Promise<void> {
    if (id === otherId) throw new AppError('api.invalid', 'An asset cannot be related to itself.')
    await this.#api().relations.add(id, type, otherId)
  }

  unrelate(id: AssetId, type: string, otherId: AssetId): Promise<void> {
    return this.#api().relations.remove(id, type, otherId)
  }

  async createVersion(id: AssetId, copy: boolean): Promise<void> {
    await this.#api().versions.create(id, copy)
    this.#noticed([id])
  }

  async promoteVersion(id: AssetId, versionId: string): Promise<void> {
    await this.#api().versions.promote(id, versionId)
    this.#noticed([id])
  }

  async deleteVersion(id: AssetId, versionId: string): Promise<void> {
    await this.#api().versions.delete(id, versionId)
    this.#noticed([id])
  }

  async history(id: AssetId, signal?: AbortSignal): Promise<HistoryEntry[]> {
    const [entries, people] = await Promise.all([
      this.#api().history.list(id, HISTORY_SHOWN, signal),
      this.#api()
        .access.principals(signal)
        .catch((error: unknown) => {
          // Without the right to see people, their ids stand.
          if (!findAppError(error)) throw error
          return []
        }),
    ])
    const names = new Map(people.map((person) => [person.id, person.name]))
    return entries.map((entry) => ({ ...entry, who: names.get(entry.who) ?? entry.who }))
  }

  #api() {
    return this.#session.require().api.inLane('person')
  }
}
