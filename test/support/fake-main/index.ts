import { AccountView, type AccountsState } from '@contract/accounts.ts'
import type { Handlers } from '@contract/index.ts'
import { Settings } from '@contract/settings.ts'
import { fakeLibrary } from './assets.ts'
import { FakeFailure, fakeBridge, type FakeBridge } from './bridge.ts'
import { fakeCollections } from './collections.ts'
import { fakeJobs } from './jobs.ts'
import { fakeMetadata } from './metadata.ts'
import { FAKE_STORAGES, fakePlan } from './plan.ts'
import { fakeQueue } from './queue.ts'
import { fakeSend } from './send.ts'
import { fakeWatchFolders } from './watch.ts'

export interface FakeMainOptions {
  /** Assets in the library. */
  assets?: number
  signedIn?: boolean
  /** The local workspace is open instead of the account. */
  isLocal?: boolean
  /** Uploads in the queue. */
  uploads?: number
  /** How many times the clips of a small plan. */
  planFactor?: number
  keychain?: boolean
  theme?: 'dark' | 'light' | 'system'
  view?: 'grid' | 'table'
  /** The facet field that the library is grouped by. */
  group?: string
  conflicts?: boolean
  /** Different poster pictures there are. */
  pictures?: number
  delayMs?: number
  /** Laid over everything else. */
  handlers?: Partial<Handlers>
}

const local = AccountView.parse({
  id: 'local',
  kind: 'local',
  name: 'Local workspace',
  url: 'http://127.0.0.1:41000',
  userName: 'You',
  keptIn: 'keychain',
  state: 'signed-in',
  signedInBy: 'token',
  appId: '0b6c',
  problem: null,
  roles: [],
  local: { dataDir: '/data/workspace', usedBytes: 18_400_000_000, freeBytes: 412_000_000_000 },
})
const domain = AccountView.parse({
  ...local,
  id: 'halden',
  kind: 'iconik',
  name: 'Halden Pictures',
  url: 'https://app.iconik.io',
  userName: 'Mara Lindqvist',
  local: null,
})

/** A main process in memory with plausible data, for component tests and for looking at the page without the app. */
export function fakeMain(options: FakeMainOptions = {}): FakeBridge {
  const assets = options.assets ?? 48_216
  let current: AccountView | null = options.signedIn === false ? null : options.isLocal ? local : domain
  let settings = Settings.parse({
    theme: options.theme ?? 'dark',
    interface: { 'library.view': options.view ?? 'grid', 'library.group': options.group ?? '' },
  })
  const accounts = (): AccountsState => ({
    current,
    known: current ? [domain, local] : [],
    keychain: {
      available: options.keychain !== false,
      backend: 'GNOME Keyring (Secret Service)',
      reason: options.keychain === false ? 'no Secret Service answers on this desktop' : null,
    },
  })
  const signIn = (account: AccountView) => {
    current = account
    bridge.emit('accounts.changed', accounts())
    return account
  }
  const library = fakeLibrary(assets, {
    ...(options.pictures ? { pictures: options.pictures } : {}),
    changed: (state) => bridge.emit('assets.changed', state),
  })
  const plan = fakePlan((name, payload) => bridge.emit(name, payload), { factor: options.planFactor ?? 1 })
  const queue = fakeQueue(options.uploads ?? 214, (name, payload) => bridge.emit(name, payload))
  const handlers: Partial<Handlers> = {
    ...library.handlers,
    ...fakeCollections(() => bridge.emit('collections.changed', {}), assets === 0),
    ...fakeMetadata((payload) => bridge.emit('metadata.changed', payload), options),
    'shell.info': async () => ({
      version: '0.1.0',
      platform: 'linux',
      host: 'fake',
      accent: null,
      dataDir: '/data',
    }),
    'shell.pickFiles': async () => ['/clips/A014C006.mxf'],
    'shell.pickFolder': async () => '/clips',
    'shell.takeHandedOver': async () => ({ paths: [], assetId: null }),
    'shell.copy': async () => null,
    'shell.reveal': async () => null,
    'accounts.state': async () => accounts(),
    'accounts.openLocal': async () => signIn(local),
    'accounts.test': async ({ authToken }) => {
      if (authToken === 'wrong') throw new FakeFailure('auth.rejected', 'app.iconik.io answered 401.')
      return { userName: 'Mara Lindqvist', domainName: 'Halden Pictures', missingRoles: [] }
    },
    'accounts.connect': async ({ keepIn }) => signIn({ ...domain, keptIn: keepIn }),
    'accounts.switch': async ({ id }) => signIn(id === 'local' ? local : domain),
    'accounts.signOut': async () => {
      current = null
      bridge.emit('accounts.changed', accounts())
      return null
    },
    'settings.get': async () => settings,
    'settings.update': async (changes) => {
      settings = Settings.parse({ ...settings, ...changes })
      bridge.emit('settings.changed', settings)
      return settings
    },
    'updates.state': async () => ({
      state: 'off' as const,
      version: null,
      sizeBytes: null,
      doneBytes: 0,
      checkedAt: null,
      problem: null,
    }),
    'downloads.list': async () => ({
      total: 0,
      rows: [],
      counts: { waiting: 0, loading: 0, done: 0, failed: 0, cancelled: 0 },
    }),
    'edits.list': async () => [],
    'edits.undo': async () => null,
    ...queue.handlers,
    ...plan.handlers,
    ...fakeSend(FAKE_STORAGES),
    ...fakeJobs(options.uploads === 0 ? 0 : 1204),
    ...fakeWatchFolders((name, payload) => bridge.emit(name, payload), options.uploads === 0),
    ...options.handlers,
  }
  const bridge = fakeBridge(handlers, options.delayMs ?? 0)
  return bridge
}
