import { existsSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

/**
 * Asks the mirrors of assets whether any asset has files of exactly so many bytes. It reads beside the mirror's own thread, by an index, so that the
 * question may be put for every file of a plan. Where there is no mirror yet, nothing is known.
 */
export class LibrarySizes {
  readonly #folder: string
  #open: { accountId: string; database: DatabaseSync; find: StatementSync } | null = null

  /** @param folder that holds one file for each account */
  constructor(folder: string) {
    this.#folder = folder
  }

  has(accountId: string | null, sizeBytes: number): boolean {
    if (accountId === null) return false
    try {
      return this.#find(accountId)?.get(sizeBytes) !== undefined
    } catch {
      // A mirror that is being made or made anew: it is asked again with the next plan.
      this.close()
      return false
    }
  }

  close(): void {
    this.#open?.database.close()
    this.#open = null
  }

  #find(accountId: string): StatementSync | null {
    if (this.#open?.accountId === accountId) return this.#open.find
    this.close()
    const file = path.join(this.#folder, `${accountId}.sqlite`)
    if (!/^[\w-]{1,64}$/.test(accountId) || !existsSync(file)) return null
    const database = new DatabaseSync(file, { readOnly: true })
    const find = database.prepare(`SELECT 1 FROM assets WHERE size_bytes = ? AND status = 'ACTIVE' LIMIT 1`)
    this.#open = { accountId, database, find }
    return find
  }
}
