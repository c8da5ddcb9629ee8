import type { AccountView, KeychainView } from '@contract/accounts.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import type { LocalWorkspace } from '../../ports/local-workspace.ts'
import type { SecretStore } from '../../ports/secret-store.ts'

type Space = Pick<NonNullable<AccountView['local']>, 'usedBytes' | 'freeBytes'>

interface SurroundingsDependencies {
  secrets: Pick<SecretStore, 'state'>
  workspace: Pick<LocalWorkspace, 'usedBytes'>
  fileSystem: Pick<FileSystem, 'freeBytes'>
  /** Something is known that was not, or differs from what was. */
  onNews: () => void
}

/**
 * What is slow to find out about accounts: whether the keychain answers (it may first ask a person for its password) and how
 * much a local workspace holds (each of its files is looked at). Nobody waits for it: what is known is told at once, and news
 * when it is there.
 */
export class Surroundings {
  readonly #deps: SurroundingsDependencies
  readonly #spaces = new Map<string, Space>()
  #keychain: KeychainView | null = null
  #isLooking = false
  #isStopped = false

  constructor(deps: SurroundingsDependencies) {
    this.#deps = deps
  }

  /** Null until it answered. */
  get keychain(): KeychainView | null {
    return this.#keychain
  }

  /** @returns nulls until the folder was measured */
  spaceOf(dataDir: string): Space {
    return this.#spaces.get(dataDir) ?? { usedBytes: null, freeBytes: null }
  }

  /** Looks again, once however often it is called meanwhile; `onNews` follows if anything differs from what was known. */
  look(dataDirs: readonly string[]): void {
    if (this.#isLooking) return
    this.#isLooking = true
    void this.#lookAt(dataDirs).finally(() => {
      this.#isLooking = false
    })
  }

  /** An answer that comes later is news to nobody: what would be told it is gone. */
  stop(): void {
    this.#isStopped = true
  }

  #tell(isNews: boolean): void {
    if (isNews && !this.#isStopped) this.#deps.onNews()
  }

  async #lookAt(dataDirs: readonly string[]): Promise<void> {
    await Promise.all([this.#probe(), ...dataDirs.map((dataDir) => this.#measure(dataDir))])
  }

  async #probe(): Promise<void> {
    const now = await this.#deps.secrets.state()
    const isNews = JSON.stringify(now) !== JSON.stringify(this.#keychain)
    this.#keychain = now
    this.#tell(isNews)
  }

  async #measure(dataDir: string): Promise<void> {
    const known = this.spaceOf(dataDir)
    const [usedBytes, freeBytes] = await Promise.all([
      this.#deps.workspace.usedBytes(dataDir).catch(() => null),
      this.#deps.fileSystem.freeBytes(dataDir).catch(() => null),
    ])
    this.#spaces.set(dataDir, { usedBytes, freeBytes })
    this.#tell(known.usedBytes !== usedBytes || known.freeBytes !== freeBytes)
  }
}
