import type { ListedAsset } from '@contract/assets.ts'

/** Rows a page holds: few more than are in sight, as each is copied, checked and drawn; main answers at most 500 at once. */
export const PAGE_ROWS = 50
/** Pages kept: 6,000 rows, some 4 MB. */
const MAX_PAGES = 120

/** Rows of a very long list, by page, the latest used kept. */
export interface AssetPages {
  rowAt(index: number): ListedAsset | undefined
  has(page: number): boolean
  put(page: number, rows: readonly ListedAsset[]): void
  clear(): void
  /** Every row that is held, with its index. */
  entries(): Iterable<readonly [index: number, row: ListedAsset]>
}

export function createAssetPages(maxPages = MAX_PAGES): AssetPages {
  const pages = new Map<number, readonly ListedAsset[]>()
  return {
    rowAt(index) {
      return pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS]
    },
    has: (page) => pages.has(page),
    put(page, rows) {
      pages.delete(page)
      pages.set(page, rows)
      for (const oldest of pages.keys()) {
        if (pages.size <= maxPages) break
        pages.delete(oldest)
      }
    },
    clear: () => pages.clear(),
    *entries() {
      for (const [page, rows] of pages)
        for (const [at, row] of rows.entries()) yield [page * PAGE_ROWS + at, row] as const
    },
  }
}

/** Pages that hold the rows `from … to` (0-based, both included). */
export function pagesOf(from: number, to: number): number[] {
  const first = Math.floor(Math.max(0, from) / PAGE_ROWS)
  const last = Math.floor(Math.max(0, to) / PAGE_ROWS)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
