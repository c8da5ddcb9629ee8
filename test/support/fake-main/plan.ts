import type { StorageView } from '@contract/settings.ts'
import { BatchId, PlanId, StorageId } from '@contract/ids.ts'
import type { Handlers } from '@contract/index.ts'
import type { PlanClip, PlanGroup, PlanView } from '@contract/uploads.ts'
import { FakeFailure, type FakeBridge } from './bridge.ts'
import { fakeViews } from './metadata.ts'

type GroupSeed = Omit<PlanGroup, 'sizeBytes' | 'includedCount'>

const SEEDS: GroupSeed[] = [
  {
    id: 'g1',
    kind: 'card',
    title: 'A014R1K7',
    note: 'ARRI ALEXA 35 card, complete. Clips with their index files.',
    badge: { level: 'info', text: 'Card complete' },
    clipCount: 86,
  },
  {
    id: 'g2',
    kind: 'card',
    title: 'B007_0318QF.RDM',
    note: 'RED card. Clip B007_C009 has segment 002 but not 001.',
    badge: { level: 'warn', text: '1 clip incomplete' },
    clipCount: 22,
  },
  {
    id: 'g3',
    kind: 'sequence',
    title: 'LW_042_0110_comp_v003.[1001-1148].exr',
    note: 'Image sequence. One asset, 145 of 148 frames.',
    badge: { level: 'warn', text: '4 frames' },
    clipCount: 1,
  },
  {
    id: 'g4',
    kind: 'folder',
    title: 'DJI_0218 to DJI_0242',
    note: 'Drone. SRT sidecars become metadata.',
    badge: null,
    clipCount: 25,
  },
  {
    id: 'g5',
    kind: 'folder',
    title: 'Sound roll 14',
    note: 'Scorpio, 8 tracks, timecode matches camera.',
    badge: null,
    clipCount: 79,
  },
  {
    id: 'g6',
    kind: 'duplicates',
    title: 'Already in iconik',
    note: 'Same content as assets from 18 Mar 2026. They are skipped.',
    badge: { level: 'info', text: 'Skipped' },
    clipCount: 14,
  },
]

function makeClip(seed: GroupSeed, index: number): PlanClip {
  const isDuplicate = seed.kind === 'duplicates'
  const title =
    seed.kind === 'sequence'
      ? seed.title
      : seed.id === 'g5'
        ? `LW_T14_${String(index + 1).padStart(2, '0')}.WAV`
        : `${seed.title.slice(0, 4)}C${String(index + 1).padStart(3, '0')}_260318`
  return {
    id: `${seed.id}-${index}`,
    pictureUrl: seed.id === 'g5' ? null : `/media/poster/${index % 30}.jpg`,
    title,
    kind: seed.kind === 'sequence' ? 'sequence' : 'file',
    directory: '260318/MU',
    fileCount: seed.kind === 'sequence' ? 145 : 2,
    sizeBytes: 7_100_000_000 + ((index * 3_917_000_000) % 11_000_000_000),
    isHeldBack: false,
    included: !isDuplicate,
    notes:
      seed.id === 'g2' && index === 8
        ? [{ level: 'warn', text: 'Segment B007_C009_0318QF_001.R3D is missing.' }]
        : [],
    duplicateOf: isDuplicate
      ? { assetId: null, title: `A013C0${18 + index}`, certain: index % 3 !== 2 }
      : null,
    frames:
      seed.kind === 'sequence'
        ? { present: '1001-1046, 1050-1148', missing: '1047-1049', missingCount: 3, emptyCount: 1 }
        : null,
  }
}

/** One plan at a time; it grows group by group when `grow` is called, as a scan does. */
export function fakePlan(emit: FakeBridge['emit'], options: { grows?: boolean; factor?: number } = {}) {
  const seeds = SEEDS.map((seed) => ({
    ...seed,
    clipCount: seed.kind === 'sequence' ? 1 : seed.clipCount * (options.factor ?? 1),
  }))
  const clips = new Map(
    seeds.map((seed) => [
      seed.id,
      Array.from({ length: seed.clipCount }, (_, index) => makeClip(seed, index)),
    ]),
  )
  let shown = options.grows ? 0 : seeds.length
  let plans = 0
  let targets: PlanView['targets'] = {
    collectionId: null,
    collectionPath: ['Low Water', '01 Camera originals', 'Day 14'],
    mirrorTree: true,
    storageId: null,
    duplicates: 'skip',
    changed: 'version',
    access: 'collection',
    sequences: 'auto',
    viewId: fakeViews[0]?.id ?? null,
    metadata: { shoot_date: ['{exif.Date}'], camera: ['{exif.Model}'], keywords: ['dailies'] },
  }

  const clipsOf = (id: string) => clips.get(id) ?? []
  const all = () => seeds.slice(0, shown).flatMap((seed) => clipsOf(seed.id))
  const blockers = (): PlanView['blockers'] => {
    const view = fakeViews.find(({ id }) => id === targets.viewId)
    return (view?.fields ?? [])
      .filter((field) => field.required && !targets.metadata[field.name]?.length)
      .map((field) => ({ field: field.name, text: `Required. ${all().length} clips wait for it.` }))
  }
  const view = (): PlanView => ({
    id: PlanId.parse(`plan${plans}`),
    state: shown < seeds.length ? 'scanning' : 'ready',
    title: 'DIT_SHUTTLE_07',
    scannedFiles: shown * 570,
    targets,
    groups: seeds.slice(0, shown).map((seed) => ({
      ...seed,
      sizeBytes: clipsOf(seed.id).reduce((total, clip) => total + clip.sizeBytes, 0),
      includedCount: clipsOf(seed.id).filter((clip) => clip.included).length,
    })),
    totals: {
      clips: all().length,
      files: all().reduce((total, clip) => total + clip.fileCount, 0),
      sizeBytes: all().reduce((total, clip) => total + (clip.included ? clip.sizeBytes : 0), 0),
      collections: 4,
      apiCalls: all().length * 7,
      problems: 4,
      settling: 0,
    },
    blockers: blockers(),
    error: null,
  })

  const handlers: Partial<Handlers> = {
    'uploads.plan': async ({ paths, targets: wanted }) => {
      if (paths[0]?.includes('gone')) throw new FakeFailure('file.missing', `${paths[0]} is not there.`)
      plans += 1
      targets = { ...targets, ...wanted }
      return view()
    },
    'uploads.planView': async () => view(),
    'uploads.planClips': async ({ groupId, problemsOnly, window }) => {
      const found = (groupId ? clipsOf(groupId) : all()).filter(
        (clip) => !problemsOnly || clip.notes.length > 0 || clip.frames !== null,
      )
      return { total: found.length, rows: found.slice(window.offset, window.offset + window.limit) }
    },
    'uploads.setTargets': async ({ targets: changes }) => {
      targets = { ...targets, ...changes }
      return view()
    },
    'uploads.include': async ({ clipIds, groupIds, included }) => {
      for (const [groupId, list] of clips)
        for (const clip of list)
          if (groupIds.includes(groupId) || clipIds.includes(clip.id)) clip.included = included
      return view()
    },
    'uploads.confirm': async () => ({
      batchId: BatchId.parse('b0'),
      clips: all().filter((clip) => clip.included).length,
    }),
    'uploads.discard': async () => null,
  }
  function grow(): void {
    shown = Math.min(seeds.length, shown + 1)
    emit('uploads.planChanged', view())
  }
  return { handlers, grow }
}

/** Storages of the account that the fake main is signed in to. */
export const FAKE_STORAGES: readonly StorageView[] = [
  {
    id: StorageId.parse('00000000-0000-1000-9000-000000000001'),
    name: 'halden-gcs-eu',
    method: 'GCS',
    purpose: 'FILES',
    status: 'ACTIVE',
    isDefault: true,
    takesBytes: true,
    reason: null,
    canMount: false,
    mountedAt: null,
  },
  {
    id: StorageId.parse('00000000-0000-1000-9000-000000000002'),
    name: 'halden-lucidlink',
    method: 'FILE',
    purpose: 'FILES',
    status: 'ACTIVE',
    isDefault: false,
    takesBytes: false,
    reason: 'No folder on this machine is set for it.',
    canMount: true,
    mountedAt: null,
  },
]
