import type { AssetRow } from '@contract/assets.ts'
import type { CollectionId } from '@contract/ids.ts'
import type { MediaFacts } from '../../../core/library/media-facts.ts'
import type { MirroredAsset, MirroredDetail } from '../../../core/library/mirrored-asset.ts'
import { sortText } from '../../../core/library/sort-text.ts'
import type { DocChange } from './index-parts.ts'
import type { FacetDictionary } from './facet-dictionary.ts'
import type { Statements } from '../statements.ts'

/** A facet field's number and the code of a value of it; codes are of one field each. */
type Pair = readonly [field: number, code: number]

/** An asset as its row holds it. */
export interface StoredAsset {
  n: number
  id: string
  row: AssetRow
  detail: MirroredDetail
  searchText: string
  pairs: [number, number][]
  facts: MediaFacts | null
}

/** Assets in their tables: the row, the words that search finds, the facet values. Transactions are the caller's. */
export class AssetRows {
  readonly #sql: Statements
  readonly #dictionary: FacetDictionary

  constructor(sql: Statements, dictionary: FacetDictionary) {
    this.#sql = sql
    this.#dictionary = dictionary
  }

  get(id: string): StoredAsset | null {
    const row = this.#sql
      .of('SELECT n, id, asset_row, detail, search_text, pairs, facts FROM assets WHERE id = ?')
      .get(id)
    if (!row) return null
    return {
      n: Number(row['n']),
      id: String(row['id']),
      row: JSON.parse(String(row['asset_row'])) as AssetRow,
      detail: JSON.parse(String(row['detail'])) as MirroredDetail,
      searchText: String(row['search_text']),
      pairs: JSON.parse(String(row['pairs'])) as [number, number][],
      facts: row['facts'] === null ? null : (JSON.parse(String(row['facts'])) as MediaFacts),
    }
  }

  collectionsOf(asset: StoredAsset): CollectionId[] {
    const field = this.#dictionary.field('collection')
    return asset.pairs
      .filter(([pairField]) => pairField === field)
      .map(([, code]) => this.#dictionary.valueOf(code) as CollectionId)
  }

  /** As it was when it was written, but for the words of values that its facets do not hold. */
  asMirrored(known: StoredAsset): MirroredAsset {
    const names = new Map([...this.#dictionary.fields].map(([name, number]) => [number, name]))
    const facets: Record<string, string[]> = {}
    for (const [field, code] of known.pairs) {
      const name = names.get(field) ?? ''
      if (name !== 'collection') (facets[name] ??= []).push(this.#dictionary.valueOf(code))
    }
    return {
      row: known.row,
      detail: known.detail,
      collectionIds: this.collectionsOf(known),
      searchText: known.searchText,
      facets,
    }
  }

  /** Writes an asset anew, or over what is known of it. @returns what the index in memory has to know */
  save(asset: MirroredAsset, known: StoredAsset | null, pass: number): DocChange {
    const { row } = asset
    const pairs = this.#pairsOf(asset)
    const columns = {
      id: row.id,
      status: row.status,
      title_sort: sortText(row.title),
      date_created: row.dateCreated,
      date_modified: row.dateModified,
      duration_ms: Math.round(row.durationMs ?? -1),
      size_bytes: Math.round(row.sizeBytes ?? -1),
      has_poster: row.posterUrl === null ? 0 : 1,
      pass,
      asset_row: JSON.stringify(row),
      detail: JSON.stringify(asset.detail),
      search_text: asset.searchText,
      pairs: JSON.stringify(pairs),
    }
    const n = known ? known.n : this.#insert(columns)
    if (known) this.#update(known, columns)
    this.#exchangePairs(n, known?.pairs ?? [], pairs)
    // The words are the dearest part, and most changes leave them as they are.
    if (known?.row.title !== row.title || known.searchText !== asset.searchText) {
      if (known) this.#dropWords(known)
      this.#sql
        .of('INSERT INTO asset_words (rowid, title, body) VALUES (?, ?, ?)')
        .run(n, row.title, asset.searchText)
    }
    return { n, isActive: row.status === 'ACTIVE', pairs }
  }

  #insert(columns: Record<string, string | number>): number {
    const names = Object.keys(columns)
    const { lastInsertRowid } = this.#sql
      .of(`INSERT INTO assets (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
      .run(...Object.values(columns))
    return Number(lastInsertRowid)
  }

  #update(known: StoredAsset, columns: Record<string, string | number>): void {
    const { pass, ...rest } = columns
    const names = Object.keys(rest)
    this.#sql
      .of(
        `UPDATE assets SET pass = max(pass, ?), ${names.map((name) => `${name} = ?`).join(', ')} WHERE n = ?`,
      )
      .run(pass ?? 0, ...Object.values(rest), known.n)
  }

  #pairsOf(asset: MirroredAsset): [number, number][] {
    const pairs: [number, number][] = []
    for (const [name, values] of Object.entries({ ...asset.facets, collection: asset.collectionIds })) {
      if (values.length === 0) continue
      const field = this.#dictionary.fieldOrNew(name)
      const codes = new Set(values.map((value) => this.#dictionary.codeOrNew(field, value)))
      for (const code of codes) pairs.push([field, code])
    }
    return pairs
  }

  /** Whether an asset is there already as it is to be. */
  holds(known: StoredAsset, next: MirroredAsset): boolean {
    if (!isSame(known, next)) return false
    const before = new Set(known.pairs.map(([, code]) => code))
    const after = this.#pairsOf(next)
    return before.size === after.length && after.every(([, code]) => before.has(code))
  }

  delete(known: StoredAsset): void {
    this.#dropWords(known)
    this.#exchangePairs(known.n, known.pairs, [])
    this.#sql.of('DELETE FROM assets WHERE n = ?').run(known.n)
  }

  /** The index keeps no texts: it has to be told what it was given. */
  #dropWords({ n, row, searchText }: StoredAsset): void {
    this.#sql
      .of("INSERT INTO asset_words (asset_words, rowid, title, body) VALUES ('delete', ?, ?, ?)")
      .run(n, row.title, searchText)
  }

  #exchangePairs(n: number, before: readonly Pair[], after: readonly Pair[]): void {
    const kept = new Set(after.map(([, code]) => code))
    const known = new Set(before.map(([, code]) => code))
    const drop = this.#sql.of('DELETE FROM asset_facets WHERE field = ? AND n = ? AND code = ?')
    for (const [field, code] of before) if (!kept.has(code)) drop.run(field, n, code)
    const add = this.#sql.of('INSERT OR IGNORE INTO asset_facets (field, n, code) VALUES (?, ?, ?)')
    for (const [field, code] of after) if (!known.has(code)) add.run(field, n, code)
  }
}

function isSame(known: StoredAsset, next: MirroredAsset): boolean {
  return (
    known.searchText === next.searchText &&
    JSON.stringify(known.row) === JSON.stringify(next.row) &&
    JSON.stringify(known.detail) === JSON.stringify(next.detail)
  )
}

export function withKnownFacts(asset: MirroredAsset, facts: MediaFacts | null): MirroredAsset {
  if (!facts) return asset
  const { row } = asset
  return {
    ...asset,
    row: {
      ...row,
      width: row.width ?? facts.width,
      height: row.height ?? facts.height,
      frameRate: row.frameRate ?? facts.frameRate,
      startTimecode: row.startTimecode ?? facts.startTimecode,
    },
  }
}
