import type { Handlers } from '@contract/index.ts'
import { JobId } from '@contract/ids.ts'
import type { JobView } from '@contract/jobs.ts'

const STATUSES = ['STARTED', 'STARTED', 'WAITING', 'FAILED', 'FINISHED_WITH_WARNING', 'FINISHED', 'FINISHED']
const TYPES = ['TRANSFER', 'TRANSCODE', 'KEYFRAMES', 'METADATA', 'ARCHIVE']
const idOf = (parent: number, index: number) =>
  JobId.parse(
    `${parent.toString(16).padStart(8, '0')}-0000-1000-8000-${index.toString(16).padStart(12, '0')}`,
  )

function makeJob(parent: number, index: number): JobView {
  const status = index > 40 ? 'FINISHED' : (STATUSES[index % STATUSES.length] as string)
  const type = parent > 0 ? 'TRANSFER' : (TYPES[index % TYPES.length] as string)
  const began = Date.now() - (index + 1) * 1_200_000
  return {
    id: idOf(parent, index),
    title: parent > 0 ? `A014C${String(index + 1).padStart(3, '0')}_260318_R1K7` : `A014R1K${index}`,
    type,
    status,
    progressPercent: status === 'STARTED' ? 30 + ((index * 17) % 60) : null,
    priority: 5,
    parentId: parent > 0 ? idOf(0, parent - 1) : null,
    hasChildren: parent === 0 && index % 3 === 0,
    objectType: 'assets',
    objectId: idOf(7, index),
    objectTitle: `A014C${String(index + 1).padStart(3, '0')}_260318_R1K7.mxf`,
    message: '',
    errorMessage: status === 'FAILED' ? 'The source file could not be read by the transcoder.' : '',
    createdBy: index % 2 ? 'Mara' : 'iconik',
    dateCreated: new Date(began).toISOString(),
    startedAt: status === 'WAITING' ? null : new Date(began).toISOString(),
    completedAt:
      status.startsWith('FIN') || status === 'FAILED' ? new Date(began + 200_000).toISOString() : null,
    steps: [{ id: 's1', label: 'Read the original', status: 'DONE', message: '18.2 GB from halden-gcs-eu' }],
  }
}

/** Jobs with subjobs below every third. */
export function fakeJobs(count: number): Partial<Handlers> {
  const gone = new Set<string>()
  const find = (id: string) => {
    const [parent, index] = [Number.parseInt(id.slice(0, 8), 16), Number.parseInt(id.slice(24), 16)]
    return makeJob(parent, index)
  }
  return {
    'jobs.list': async ({ filter, window }) => {
      const parent = filter.parentId ? Number.parseInt(filter.parentId.slice(24), 16) + 1 : 0
      const all = Array.from({ length: parent > 0 ? 12 : count }, (_, index) =>
        makeJob(parent, index),
      ).filter(
        (job) =>
          !gone.has(job.id) &&
          (filter.statuses.length === 0 || filter.statuses.includes(job.status)) &&
          (filter.types.length === 0 || filter.types.includes(job.type)) &&
          job.title.toLowerCase().includes(filter.text.toLowerCase()),
      )
      return { total: all.length, rows: all.slice(window.offset, window.offset + window.limit) }
    },
    'jobs.get': async ({ id }) => find(id),
    'jobs.create': async ({ assetIds }) => ({
      ids: (assetIds.length > 0 ? assetIds : ['']).map((_, index) => idOf(0, index)),
      error: null,
    }),
    'jobs.update': async ({ id, ...changes }) => ({
      ...find(id),
      ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
    }),
    'jobs.act': async () => null,
    'jobs.setPriority': async () => null,
    'jobs.delete': async ({ ids }) => {
      for (const id of ids) gone.add(id)
      return null
    },
    'jobs.follow': async () => null,
    'settings.doctor': async () => [
      { name: 'Keychain', state: 'ok', finding: 'GNOME Keyring (Secret Service), read back', remedy: '' },
      { name: 'Server', state: 'ok', finding: 'app.iconik.io answers in 84 ms', remedy: '' },
      {
        name: 'Watcher limit',
        state: 'warn',
        finding: '65,536 of 96,400 watches. “Archive ingest” scans instead.',
        remedy: 'Run sudo sysctl fs.inotify.max_user_watches=524288',
      },
      {
        name: 'Disk',
        state: 'failed',
        finding: '1.1 GB free where Ferry keeps its journal.',
        remedy: 'Make room on it.',
      },
    ],
    'settings.log': async () => [{ time: new Date().toISOString(), level: 'info', text: 'Started 0.1.0' }],
  }
}
