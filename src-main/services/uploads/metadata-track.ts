import type { AssetId, ViewId } from '@contract/ids.ts'
import { findAppError } from '../../core/errors.ts'
import type { FieldValues } from '../../core/clip.ts'
import type { UploadRecord } from '../../core/upload/upload-record.ts'
import type { UploadDependencies, UploadSession } from './session.ts'

/** Objects in one bulk call; iconik's own limit for bulk bodies is 500. */
const BULK = 200
/** After so long without the values in the search index, assets are asked one by one. */
const ASK_DIRECTLY_AFTER_MS = 5000
const GIVE_UP_AFTER_MS = 10 * 60_000

type Waiting = UploadRecord & { assetId: AssetId; target: { viewId: ViewId } }

/** Brings the planned values to the assets by bulk calls, and believes it only when they were read back. */
export class MetadataTrack {
  readonly #deps: UploadDependencies
  /** When the values of an upload were sent; after a restart, when they were first looked for. */
  readonly #sentAt = new Map<string, number>()
  #busy = false

  constructor(deps: UploadDependencies) {
    this.#deps = deps
  }

  async advance(session: UploadSession, signal: AbortSignal): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      const rows = this.#deps.journal
        .tracks(session.accountId, 'metadata', BULK)
        .filter((row): row is Waiting => row.assetId !== null && row.target.viewId !== null)
      await this.#send(
        session,
        rows.filter((row) => row.metadata === 'waiting'),
        signal,
      )
      await this.#readBack(
        session,
        rows.filter((row) => row.metadata === 'sent'),
        signal,
      )
    } finally {
      this.#busy = false
    }
  }

  async #send(session: UploadSession, rows: Waiting[], signal: AbortSignal): Promise<void> {
    for (const [viewId, ofView] of Map.groupBy(rows, (row) => row.target.viewId)) {
      const alike = [...Map.groupBy(ofView, (row) => JSON.stringify(row.target.metadata)).values()]
      for (const group of alike.filter((same) => same.length > 1 || alike.length === 1))
        await this.#attempt(group, () =>
          session.api.metadata.putSameValues(
            viewId,
            group.map((row) => row.assetId),
            group[0]?.target.metadata ?? {},
            signal,
          ),
        )
      const different = alike.length > 1 ? alike.filter((same) => same.length === 1).flat() : []
      if (different.length > 0)
        await this.#attempt(different, () =>
          session.api.metadata.putValuesEach(
            viewId,
            different.map((row) => ({ assetId: row.assetId, values: row.target.metadata })),
            signal,
          ),
        )
    }
  }

  /** A refusal is a warning on each upload concerned; the bytes are there all the same. */
  async #attempt(rows: readonly Waiting[], call: () => Promise<void>): Promise<void> {
    try {
      await call()
      for (const row of rows) {
        this.#sentAt.set(row.id, this.#deps.clock.monotonicMs())
        this.#deps.journal.update(row.id, { metadata: 'sent' })
      }
    } catch (error) {
      const known = findAppError(error)
      if (known?.retry.when !== 'never') throw error
      for (const row of rows) this.#fail(row, `The metadata was refused: ${known.message}`)
    }
  }

  async #readBack(session: UploadSession, rows: Waiting[], signal: AbortSignal): Promise<void> {
    const nowMs = this.#deps.clock.monotonicMs()
    for (const row of rows) if (!this.#sentAt.has(row.id)) this.#sentAt.set(row.id, nowMs)
    let missing = rows
    for (let at = 0; at < rows.length; at += 100) {
      const page = rows.slice(at, at + 100)
      const answer = await session.api.search.assets(
        {
          terms: [{ name: 'id', valueIn: page.map((row) => row.assetId) }],
          includeFields: ['id', 'metadata'],
          perPage: 100,
        },
        signal,
      )
      const seen = new Map(answer.rows.map((asset) => [asset.id, asset.metadata]))
      missing = missing.filter((row) => !this.#confirm(row, seen.get(row.assetId)))
    }
    const age = (row: Waiting) => nowMs - (this.#sentAt.get(row.id) ?? nowMs)
    for (const row of missing.filter((late) => age(late) > ASK_DIRECTLY_AFTER_MS).slice(0, 10)) {
      const { values } = await session.api.metadata.getValues(
        'assets',
        row.assetId,
        row.target.viewId,
        signal,
      )
      if (!this.#confirm(row, values) && age(row) > GIVE_UP_AFTER_MS)
        this.#fail(row, 'The metadata was sent, but iconik does not show it.')
    }
  }

  #confirm(row: Waiting, values: FieldValues | undefined): boolean {
    if (!values || !holdsAll(values, row.target.metadata)) return false
    this.#sentAt.delete(row.id)
    this.#deps.journal.update(row.id, { metadata: 'done' })
    return true
  }

  #fail(row: Waiting, warning: string): void {
    this.#sentAt.delete(row.id)
    this.#deps.journal.update(row.id, { metadata: 'failed', warning })
  }
}

/** Whether every wanted value is there; the order of several does not matter. */
export function holdsAll(values: FieldValues, wanted: FieldValues): boolean {
  return Object.entries(wanted).every(([field, expected]) => {
    const there = (values[field] ?? []).map(String)
    return there.length === expected.length && expected.every((value) => there.includes(value))
  })
}
