import type { Handlers } from '@contract/index.ts'
import { WatchFolderId } from '@contract/ids.ts'
import type {
  AttentionRow,
  CardView,
  RulePreviewRow,
  WatchFolderView,
  WatchRules,
} from '@contract/watch-folders.ts'
import { FakeFailure, type FakeBridge } from './bridge.ts'
import { fakeViews } from './metadata.ts'

const rules: WatchRules = {
  collectionId: null,
  collectionPath: ['Low Water', '01 Camera originals'],
  mirrorTree: true,
  storageId: null,
  duplicates: 'skip',
  changed: 'version',
  access: 'collection',
  sequences: 'auto',
  viewId: fakeViews[0]?.id ?? null,
  metadata: { scene: ['{sidecar.Scene|folder[2]}'], shoot_date: ['{date}'], camera: ['{exif.Model}'] },
  pathPattern: '{date}/{unit}/{card}/{stem}',
  settleSeconds: 5,
  groupSettleSeconds: 60,
  ignore: ['PROXY/**'],
  watcher: 'events',
  pollSeconds: 30,
  after: { do: 'move', directory: '/Volumes/DIT_SHUTTLE_07/_DONE' },
}
const counts = { files: 4118, settling: 0, queued: 0, uploading: 0, done: 4118, needsYou: 0 }

function folder(
  id: string,
  name: string,
  path: string,
  more: Partial<WatchFolderView> = {},
): WatchFolderView {
  return {
    id: WatchFolderId.parse(id),
    path,
    name,
    rules,
    state: 'watching',
    coverage: { kind: 'complete', asOf: new Date().toISOString(), remaining: null, reason: null },
    counts,
    settlingFiles: [],
    problem: null,
    ...more,
  }
}

const folders: WatchFolderView[] = [
  folder('w1', 'Camera offload', '/Volumes/DIT_SHUTTLE_07/OFFLOAD'),
  folder('w2', 'Sound rolls', '/Volumes/SOUND_A/LOW_WATER', {
    state: 'catching-up',
    coverage: { kind: 'catching-up', asOf: null, remaining: 85_712, reason: null },
    counts: { ...counts, files: 98_112, done: 12_400 },
  }),
  folder('w3', 'Drone', '/Volumes/DIT_SHUTTLE_07/DRONE', {
    state: 'settling',
    counts: { ...counts, files: 215, done: 212, settling: 3 },
    settlingFiles: ['DJI_0232.MP4', 'DJI_0233.MP4', 'DJI_0234.MP4'].map((name, index) => ({
      path: `/Volumes/DIT_SHUTTLE_07/DRONE/${name}`,
      sizeBytes: 3_200_000_000,
      quietSeconds: index,
      neededSeconds: 5,
    })),
  }),
  folder('w4', 'VFX returns', '/Volumes/VFX/TO_EDITORIAL', {
    rules: { ...rules, watcher: 'polling' },
    counts: { ...counts, files: 860, done: 860 },
  }),
  folder('w5', 'Stills', '/Volumes/STILLS_02/SELECTS', {
    state: 'away',
    coverage: { kind: 'unknown', asOf: null, remaining: null, reason: 'the folder is away' },
  }),
  folder('w6', 'Archive ingest', '/srv/archive/1994-2012', {
    state: 'limited',
    problem: {
      code: 'watch.limit',
      message: 'The system allows 65,536 watches, this folder needs 96,400.',
      retry: { when: 'later' },
      details: { command: 'sudo sysctl fs.inotify.max_user_watches=524288' },
    },
  }),
  folder('w7', 'Editorial exports', '/Users/mara/Exports', {
    state: 'paused',
    counts: { ...counts, needsYou: 2 },
  }),
]

function card(name: string, more: Partial<CardView>): CardView {
  const base = { kinds: ['P2'], files: 412, verifiedFiles: 412, sizeBytes: 58_200_000_000 }
  return {
    path: `/Volumes/DIT_SHUTTLE_07/OFFLOAD/${name}`,
    name,
    ...base,
    isSafeToErase: false,
    isHeldBack: false,
    missing: [],
    open: [],
    ...more,
  }
}

let cards: CardView[] = [
  card('A014R1K7', { isSafeToErase: true }),
  card('A015R1K7', {
    verifiedFiles: 120,
    open: [{ path: '/x', reason: 'Its upload is not verified yet.' }],
  }),
  card('B007QF', {
    kinds: ['XAVC'],
    verifiedFiles: 400,
    isHeldBack: true,
    missing: ['The XAVC card B007QF is incomplete. C0012M01.XML is missing.'],
  }),
]
let attention: AttentionRow[] = [
  { kind: 'waits', path: '/Users/mara/Exports/reel 3.mov', reason: 'Scene is required.' },
  {
    kind: 'unreadable',
    path: '/Users/mara/Exports/private.mov',
    reason: 'No permission to read it.',
  },
]

function previewRow(index: number): RulePreviewRow {
  const outcome = (['upload', 'upload', 'waits', 'duplicate', 'ignored', 'already-uploaded'] as const)[
    index % 6
  ]!
  const stem = `A014C${String(index + 1).padStart(3, '0')}_260318_R1K7`
  return {
    path: `260318/MU/A014R1K7/${stem}.mxf`,
    title: stem,
    collection: 'Day 14',
    metadata: outcome === 'upload' ? { camera: ['ALEXA 35'], scene: ['42A'] } : {},
    outcome,
    reason: {
      upload: '',
      waits: 'Unit is required, and “3U” matches no rule',
      duplicate: `already in iconik as ${stem}`,
      ignored: 'PROXY/**',
      'already-uploaded': 'uploaded on 17 Mar',
    }[outcome],
  }
}

/** Watched folders in every state. */
export function fakeWatchFolders(emit: FakeBridge['emit'], isEmpty = false): Partial<Handlers> {
  let all = isEmpty ? [] : folders
  const put = (id: string, change: (old: WatchFolderView) => WatchFolderView) => {
    all = all.map((entry) => (entry.id === id ? change(entry) : entry))
    emit('watchFolders.changed', all)
    return all.find((entry) => entry.id === id)!
  }
  return {
    'watchFolders.list': async () => all,
    'watchFolders.add': async ({ path, rules: wanted, paused }) => {
      const other = all.find((entry) => path.startsWith(`${entry.path}/`) || path === entry.path)
      if (other)
        throw new FakeFailure('watch.overlap', `${path} lies inside “${other.name}”.`, { other: other.path })
      const made = folder(`w${all.length + 1}`, path.split('/').at(-1) ?? path, path, {
        state: paused ? 'paused' : 'starting',
        counts: { ...counts, files: 0, done: 0 },
        rules: { ...rules, ...wanted },
      })
      all = [...all, made]
      return made
    },
    'watchFolders.update': async ({ id, rules: changes }) =>
      put(id, (old) => ({ ...old, rules: { ...old.rules, ...changes } })),
    'watchFolders.remove': async ({ id }) => {
      all = all.filter((entry) => entry.id !== id)
      return null
    },
    'watchFolders.pause': async ({ id, paused }) => {
      put(id, (old) => ({ ...old, state: paused ? 'paused' : 'watching' }))
      return null
    },
    'watchFolders.rescan': async () => null,
    'watchFolders.cards': async ({ id }) => (id === 'w1' ? cards : []),
    'watchFolders.releaseCard': async ({ path }) => {
      cards = cards.map((card) => (card.path === path ? { ...card, isHeldBack: false, missing: [] } : card))
      return { files: 9 }
    },
    'watchFolders.attention': async ({ id }) => (id === 'w7' ? attention : []),
    'watchFolders.retry': async () => {
      attention = []
      return null
    },
    'watchFolders.preview': async ({ rules: asked }) => ({
      scanned: 4132,
      rows: Array.from({ length: 200 }, (_, index) => previewRow(index)).filter(
        (row) => row.outcome !== 'ignored' || (asked.ignore ?? []).length > 0,
      ),
    }),
  }
}
