import path from 'node:path'
import type { AccountId, AssetId, CollectionId, ViewId } from '@contract/ids.ts'
import { createIconikApi } from '@main/adapters/iconik/iconik-api.ts'
import { createWorkerLibraryStores } from '@main/adapters/node/library/worker-library-stores.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { AppError } from '@main/core/errors.ts'
import type { AccountSession, OpenSession } from '@main/ports/account-session.ts'
import type { Logger } from '@main/ports/logger.ts'
import { Assets } from '@main/services/library/assets.ts'
import { Collections } from '@main/services/library/collections.ts'
import { Edits } from '@main/services/library/edits.ts'
import { Library } from '@main/services/library/library.ts'
import { SavedSearches } from '@main/services/library/saved-searches.ts'
import { Metadata } from '@main/services/library/metadata.ts'
import { startWorkspace, type Workspace, type WorkspaceOptions } from '@main/workspace/index.ts'
import { onTestFinished } from 'vitest'
import { tempFolder } from './temp-folder.ts'

export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
}

/** An account that a test signs in and out by hand. */
export class ManualSession implements AccountSession {
  #current: OpenSession | null = null
  readonly #accountId: AccountId
  readonly #listeners = new Set<(session: OpenSession | null) => void>()

  constructor(accountId: AccountId) {
    this.#accountId = accountId
  }
  current() {
    return this.#current
  }
  accountId() {
    return this.#accountId
  }
  require() {
    if (!this.#current) throw new AppError('auth.required', 'Nobody is signed in.')
    return this.#current
  }
  onChange(listener: (session: OpenSession | null) => void) {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  rejected() {
    this.become(null)
  }
  become(session: OpenSession | null) {
    this.#current = session
    for (const listener of this.#listeners) listener(session)
  }
}

export interface LibraryWorld {
  workspace: Workspace
  session: ManualSession
  library: Library
  assets: Assets
  collections: Collections
  metadata: Metadata
  edits: Edits
  savedSearches: SavedSearches
  /** Calls the workspace as another person's client would. */
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  signIn(): void
  /** The server is away: calls fail as without a network. */
  goOffline(): Promise<void>
  /** A second Ferry on the same state, after the first was stopped. */
  restart(): Promise<void>
}

/** A workspace and the library services on it, with a state folder of their own. */
export async function libraryWorld(options: Partial<WorkspaceOptions> = {}): Promise<LibraryWorld> {
  const stateDir = await tempFolder()
  const dataDir = await tempFolder()
  let workspace = await startWorkspace({ dataDir, previews: false, ...options })
  const network = createNetwork({ env: {} })
  let isOffline = false
  const call: LibraryWorld['call'] = async (method, path, body) => {
    const answer = await fetch(`${workspace.url}/API${path}`, {
      method,
      headers: {
        'App-ID': workspace.appId,
        'Auth-Token': workspace.authToken,
        'Content-Type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  }
  const user = await call('GET', '/users/v1/users/current/')
  const session = new ManualSession(String(user['system_domain_id']) as AccountId)

  const make = () => {
    const library = new Library({
      stores: createWorkerLibraryStores(path.join(stateDir, 'library')),
      accounts: session,
      clock: systemClock,
      logger: silentLogger,
    })
    return {
      library,
      assets: new Assets(library),
      collections: new Collections(library),
      metadata: new Metadata(library),
      edits: new Edits(library),
      savedSearches: new SavedSearches(library),
    }
  }
  const world: LibraryWorld = {
    workspace,
    session,
    ...make(),
    call,
    signIn() {
      session.become({
        accountId: session.accountId(),
        kind: 'local',
        url: workspace.url,
        userId: String(user['id']),
        userName: 'Test',
        roles: new Set(),
        api: createIconikApi({
          url: workspace.url,
          appId: workspace.appId,
          authToken: () => workspace.authToken,
          network,
          clock: systemClock,
          logger: silentLogger,
        }),
      })
    },
    async goOffline() {
      isOffline = true
      await workspace.close()
    },
    async restart() {
      await world.library.stop()
      if (isOffline) workspace = await startWorkspace({ dataDir, previews: false, ...options })
      isOffline = false
      world.workspace = workspace
      session.become(null)
      Object.assign(world, make())
      world.library.start()
    },
  }
  onTestFinished(async () => {
    await world.library.stop()
    await network.close()
    if (!isOffline) await workspace.close()
  })
  world.library.start()
  return world
}

export async function createAsset(
  world: LibraryWorld,
  title: string,
  more: Record<string, unknown> = {},
): Promise<AssetId> {
  return String((await world.call('POST', '/assets/v1/assets/', { title, ...more }))['id']) as AssetId
}

export async function createCollection(
  world: LibraryWorld,
  title: string,
  parentId: CollectionId | null = null,
): Promise<CollectionId> {
  const made = await world.call('POST', '/assets/v1/collections/', { title, parent_id: parentId })
  return String(made['id']) as CollectionId
}

/** A view with the fields BoardScene (one value), BoardTags (many) and BoardTake (integer). */
export async function createView(world: LibraryWorld): Promise<ViewId> {
  const fields = [
    { name: 'BoardScene', label: 'Scene', field_type: 'string', use_as_facet: true },
    { name: 'BoardTags', label: 'Tags', field_type: 'tag_cloud', multi: true },
    { name: 'BoardTake', label: 'Take', field_type: 'integer' },
  ]
  for (const field of fields) await world.call('POST', '/metadata/v1/fields/', field)
  const view = await world.call('POST', '/metadata/v1/views/', {
    name: 'Clapper',
    view_fields: fields.map(({ name }) => ({ name })),
  })
  return String(view['id']) as ViewId
}
