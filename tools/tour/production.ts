import fs from 'node:fs'
import path from 'node:path'
import { shoot, renderSequence, type Take } from './footage.ts'
import type { SceneName } from './photographs.ts'
import { runFerry, serveWorkspace, type ServedWorkspace } from './served-workspace.ts'

/** Assets of years before, so that lists are long and facets have something to count. */
const ARCHIVE = 1500

interface Shot extends Take {
  scene?: SceneName
  values: Record<string, string[]>
}

const slate = (
  scene: string,
  take: number,
  camera: string,
  day: string,
  keywords: string,
  more: object = {},
) => ({
  Project: ['Low Water'],
  Scene: [scene],
  Take: [String(take)],
  Camera: [camera],
  ShootDate: [day],
  Keywords: keywords.split(' '),
  ...more,
})
const circled = { Circled: ['true'], Rating: ['4.5'] }
const DAY_13 = '2026-03-17'
const DAY_14 = '2026-03-18'

const day14: Shot[] = [
  {
    file: 'A014C001_260318_R1K7.mov',
    scene: 'jetty',
    timecode: '07:02:11:04',
    values: slate('42A', 1, 'A', DAY_14, 'jetty dawn wide'),
  },
  {
    file: 'A014C002_260318_R1K7.mov',
    scene: 'jetty',
    timecode: '07:05:40:18',
    values: slate('42A', 2, 'A', DAY_14, 'jetty dawn wide', circled),
  },
  {
    file: 'A014C006_260318_R1K7.mov',
    scene: 'boats',
    timecode: '07:44:10:22',
    values: slate('42C', 1, 'A', DAY_14, 'jetty dawn boats', {
      ...circled,
      Description: ['Boats on the shingle, sun behind the fell. Gulls in the last third.'],
    }),
  },
  {
    file: 'A014C009_260318_R1K7.mov',
    scene: 'boats',
    timecode: '08:03:51:14',
    isLog: true,
    values: slate('42D', 2, 'A', DAY_14, 'boats log'),
  },
  {
    file: 'A014C011_260318_R1K7.mov',
    scene: 'dusk',
    timecode: '05:12:08:00',
    values: slate('43', 1, 'A', DAY_14, 'lake night'),
  },
  {
    file: 'A014C013_260318_R1K7.mov',
    scene: 'deck',
    timecode: '06:01:20:06',
    values: slate('43A', 1, 'A', DAY_14, 'deck dawn', circled),
  },
  {
    file: 'DJI_0231.mp4',
    scene: 'lake',
    timecode: '06:31:02:00',
    values: slate('43B', 1, 'Drone', DAY_14, 'lake drone dawn'),
  },
  { file: 'LW_T14_07.wav', timecode: '07:43:58:00', values: slate('42C', 1, 'A', DAY_14, 'sound boats') },
]
const day13: Shot[] = [
  {
    file: 'A013C018_260317_R1K7.mov',
    scene: 'forest',
    timecode: '11:02:44:00',
    values: slate('45', 1, 'A', DAY_13, 'forest road', circled),
  },
  {
    file: 'A013C025_260317_R1K7.mov',
    scene: 'dune',
    timecode: '13:40:10:09',
    values: slate('44', 2, 'A', DAY_13, 'dune wind'),
  },
  {
    file: 'A013C031_260317_R1K7.mov',
    scene: 'road',
    timecode: '16:20:31:07',
    values: slate('44A', 1, 'B', DAY_13, 'road storm dusk'),
  },
]
const stills: Shot[] = (
  [
    ['LW_STILL_0409.jpg', 'ridge'],
    ['LW_STILL_0410.jpg', 'sun'],
    ['LW_STILL_0411.jpg', 'creek'],
    ['LW_STILL_0412.jpg', 'dogs'],
    ['LW_STILL_0413.jpg', 'cable'],
    ['LW_STILL_0414.jpg', 'room'],
    ['LW_STILL_0415.jpg', 'bird'],
    ['LW_STILL_0416.jpg', 'dandelion'],
    ['LW_STILL_0417.jpg', 'leaf'],
    ['LW_STILL_0418.jpg', 'seeds'],
  ] as const
).map(([file, scene]) => ({ file, scene, values: { Project: ['Low Water'], Keywords: ['still'] } }))

/** A card that is being uploaded while the tour looks: large, so that it takes its time. */
export const nextCard: Take[] = [
  { file: 'A015C001_260319_R2K1.mov', scene: 'creek', sizeBytes: 38_000_000 },
  { file: 'A015C002_260319_R2K1.mov', scene: 'ridge', sizeBytes: 61_000_000 },
  { file: 'A015C003_260319_R2K1.mov', scene: 'sun', sizeBytes: 54_000_000 },
  { file: 'A015C004_260319_R2K1.mov', scene: 'boats', sizeBytes: 47_000_000 },
  { file: 'A015C005_260319_R2K1.mov', scene: 'dusk', sizeBytes: 72_000_000 },
  { file: 'A015C006_260319_R2K1.mov', scene: 'deck', sizeBytes: 44_000_000 },
  { file: 'A015C007_260319_R2K1.mov', scene: 'forest', sizeBytes: 58_000_000 },
  { file: 'LW_T15_01.wav' },
]

export interface Production {
  workspace: ServedWorkspace
  /** Where the card that comes next lies. */
  card: string
  /** The asset that the tour looks at closely. */
  hero: string
}

/** Makes a workspace in which a film has been shot for two weeks: clips, people, comments, jobs, an archive. */
export async function prepareProduction(folder: string, tell: (text: string) => void): Promise<Production> {
  const dataDir = path.join(folder, 'workspace')
  const rushes = path.join(folder, 'rushes')
  tell('Seeding an archive')
  await runFerry(['workspace', 'seed', '--assets', String(ARCHIVE), '--data', dataDir])
  tell('Making clips')
  await shoot(path.join(rushes, 'Day 14'), day14)
  await shoot(path.join(rushes, 'Day 13'), day13)
  await shoot(path.join(rushes, 'Stills'), stills)
  await renderSequence(path.join(rushes, 'VFX'), 'LW_042_0110_comp_v003', 48, [1019])
  const card = path.join(folder, 'A015R2K1')
  await shoot(card, nextCard)
  const workspace = await serveWorkspace(dataDir)
  try {
    const [mara] = (await workspace
      .call<{ id: string }[]>('GET', 'users/v1/users/current/')
      .then((user) => [user])) as [{ id: string }]
    await workspace.call('PATCH', `users/v1/users/${mara.id}/`, {
      first_name: 'Mara',
      last_name: 'Lindqvist',
    })
    tell('Uploading them')
    const state = path.join(folder, 'station')
    const upload = (from: string, to: string) =>
      runFerry(
        ['upload', path.join(rushes, from), '--collection', to, '--state', state, '--wait-previews'],
        workspace.env,
      )
    await upload('Day 13', 'Low Water/01 Camera originals/Day 13, Forest road')
    await upload('Stills', 'Low Water/05 Stills')
    await upload('VFX', 'Low Water/03 VFX turnover')
    await upload('Day 14', 'Low Water/01 Camera originals/Day 14, Jetty')
    const ids = await describe(workspace, [...day13, ...stills, ...day14])
    const hero = ids.get('A014C006_260318_R1K7.mov') ?? ''
    tell('Commenting, and putting jobs to work')
    await discuss(workspace, hero)
    await putToWork(workspace, ids)
    return { workspace, card, hero }
  } catch (error) {
    await workspace.stop()
    throw error
  }
}

/** Writes what is on the slates into the assets. @returns ids by title */
async function describe({ call }: ServedWorkspace, shots: readonly Shot[]): Promise<Map<string, string>> {
  const { objects: views } = await call<{ objects: { id: string; name: string }[] }>(
    'GET',
    'metadata/v1/views/',
  )
  const clip = views.find(({ name }) => name === 'Clip')?.id ?? ''
  const ids = new Map<string, string>()
  for (const { file, values } of shots) {
    const title = path.basename(file)
    const { objects } = await call<{ objects: { id: string; title: string }[] }>(
      'POST',
      'search/v1/search/',
      {
        doc_types: ['assets'],
        query: '',
        filter: { operator: 'AND', terms: [{ name: 'title', value: title }] },
      },
    )
    const id = objects.find((asset) => asset.title === title)?.id
    if (!id) throw new Error(`${title} is not in the workspace`)
    ids.set(title, id)
    await call('PUT', `metadata/v1/assets/${id}/views/${clip}/`, {
      metadata_values: Object.fromEntries(
        Object.entries(values).map(([name, list]) => [
          name,
          { field_values: list.map((value) => ({ value })) },
        ]),
      ),
    })
  }
  return ids
}

/** What people said of a clip. */
async function discuss(workspace: ServedWorkspace, assetId: string): Promise<void> {
  const jonas = await workspace.person('Jonas', 'Okafor')
  const petra = await workspace.person('Petra', 'Vance')
  const say = (who: typeof jonas, atMs: number, text: string) =>
    who.call('POST', `assets/v1/assets/${assetId}/segments/`, {
      segment_type: 'COMMENT',
      time_start_milliseconds: atMs,
      segment_text: text,
    })
  await say(jonas, 1240, 'Boom shadow on the third boat.')
  await say(petra, 3880, 'Use from here. Best light.')
}

interface NewJob {
  title: string
  type: string
  status: string
  /** Percent. */
  done?: number
  on?: string
  error?: string
  steps?: { label: string; status: string; message?: string }[]
  parts?: NewJob[]
}

/** Jobs of all kinds and states, as a busy day leaves them. */
async function putToWork(workspace: ServedWorkspace, ids: ReadonlyMap<string, string>): Promise<void> {
  const jobs: NewJob[] = [
    { title: 'Archive Day 09', type: 'ARCHIVE', status: 'FINISHED_WITH_WARNING' },
    {
      title: 'Analyze LW_STILL_0412.jpg',
      type: 'ANALYZE',
      status: 'FAILED',
      on: 'LW_STILL_0412.jpg',
      error: 'The service for objects and text did not answer within 60 s.',
    },
    { title: 'Export to LucidLink', type: 'EXPORT', status: 'WAITING' },
    { title: 'Fill metadata from sidecars', type: 'METADATA_FILLING', status: 'STARTED', done: 48 },
    {
      title: 'Sound roll 14',
      type: 'TRANSFER',
      status: 'STARTED',
      done: 92,
      parts: [
        { title: 'LW_T14_07.wav', type: 'TRANSFER', status: 'FINISHED', on: 'LW_T14_07.wav' },
        { title: 'LW_T14_08.wav', type: 'TRANSFER', status: 'STARTED', done: 62 },
      ],
    },
    {
      title: 'Proxy in 1080p of A014C006_260318_R1K7.mov',
      type: 'TRANSCODE',
      status: 'STARTED',
      done: 71,
      on: 'A014C006_260318_R1K7.mov',
      steps: [
        { label: 'Read the original', status: 'DONE' },
        { label: 'Poster', status: 'DONE', message: 'Frame 07:44:10:22' },
        { label: 'Transcode proxy', status: 'IN_PROGRESS', message: '1920 × 1080, 8 Mbit/s' },
        { label: 'Write back', status: 'WAITING' },
      ],
    },
  ]
  for (const job of jobs) await start(workspace, job, ids, null)
}

async function start(
  workspace: ServedWorkspace,
  job: NewJob,
  ids: ReadonlyMap<string, string>,
  parent: string | null,
): Promise<void> {
  const isOver = /FINISHED|FAILED/.test(job.status)
  const now = Date.now()
  const on = job.on ? ids.get(job.on) : undefined
  const { id } = await workspace.call<{ id: string }>('POST', 'jobs/v1/jobs/', {
    title: job.title,
    type: job.type,
    status: job.status,
    parent_id: parent,
    has_children: Boolean(job.parts),
    progress_total: 100,
    progress_processed: job.done ?? (job.status.startsWith('FINISHED') ? 100 : 0),
    ...(on ? { object_type: 'assets', object_id: on } : {}),
    ...(job.error ? { error_message: job.error } : {}),
    ...(job.steps ? { steps: job.steps } : {}),
    ...(job.status === 'WAITING' ? {} : { started_at: new Date(now - 251_000).toISOString() }),
    ...(isOver ? { completed_at: new Date(now - 40_000).toISOString() } : {}),
  })
  for (const part of job.parts ?? []) await start(workspace, part, ids, id)
}

/** Folders of a cutting room for the watch folders to look after. @returns them by name */
export async function prepareWatched(
  folder: string,
): Promise<Record<'offload' | 'sound' | 'drone' | 'stills', string>> {
  const at = (name: string) => path.join(folder, 'mounts', name)
  const offload = at('OFFLOAD')
  await shoot(path.join(offload, '260319/MU/A015R2'), [
    { file: 'A015C011_260319_R2K1.mov', scene: 'road' },
    { file: 'A015C012_260319_R2K1.mov', scene: 'dune' },
  ])
  await shoot(path.join(offload, '260319/2U/B007'), [{ file: 'B007C004_260319_R1AA.mov', scene: 'cable' }])
  const sound = at('SOUND_A')
  await shoot(sound, [{ file: 'LW_T15_02.wav' }, { file: 'LW_T15_03.wav', timecode: '09:12:00:00' }])
  const drone = at('DRONE')
  await shoot(drone, [{ file: 'DJI_0240.mp4', scene: 'ridge' }])
  const away = at('STILLS_02')
  fs.mkdirSync(away, { recursive: true })
  return { offload, sound, drone, stills: away }
}
