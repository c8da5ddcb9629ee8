import type { AccountId } from '@contract/ids.ts'
import { AppError } from '../../core/errors.ts'

/**
 * Whose word counts while accounts are being opened: answers of servers come late and in any order, and the latest wish of the person is
 * the one that holds.
 */
export class OpeningTurns {
  #latest: OpeningTurn | null = null

  /** Whether the answer of a server is being waited for. */
  get isOpening(): boolean {
    return this.#latest !== null
  }

  /**
   * Opens one account; what was being opened before is given up.
   * @param id null where it is not known before the server has answered
   * @param open is handed a turn whose `check` throws as soon as the turn is over
   */
  async take<T>(id: AccountId | null, open: (turn: OpeningTurn) => Promise<T>): Promise<T> {
    const turn: OpeningTurn = new OpeningTurn(id, () => this.#latest === turn)
    this.#latest = turn
    try {
      return await open(turn)
    } finally {
      if (this.#latest === turn) this.#latest = null
    }
  }

  /** An account is left: if it is being opened, it will not be. */
  giveUp(id: AccountId): void {
    if (this.#latest?.id === id) this.#latest = null
  }
}

export class OpeningTurn {
  readonly id: AccountId | null
  readonly #isLatest: () => boolean

  constructor(id: AccountId | null, isLatest: () => boolean) {
    this.id = id
    this.#isLatest = isLatest
  }

  get isOver(): boolean {
    return !this.#isLatest()
  }

  /** @throws AppError cancelled */
  check(): void {
    if (this.isOver)
      throw new AppError('cancelled', 'Another account was opened meanwhile, or this one was left.')
  }
}
