// Peak memory of the uploading process for a small and a large file: it must not grow with the file.
import { open, rm, utimes } from 'node:fs/promises'
import path from 'node:path'
import { runUpload, startWorkspace } from '../processes.mjs'
import { round } from '../figures.mjs'

const GIB = 1024 ** 3
const MIB = 1024 ** 2

export default async function uploadMemory({ folder, quick }) {
  const [small, large] = quick ? [GIB / 4, GIB] : [GIB, 8 * GIB]
  const smallMiB = await peakMiB(folder, small)
  const largeMiB = await peakMiB(folder, large)
  return {
    name: 'upload-memory',
    unit: 'MiB peak RSS',
    runs: 1,
    ours: { [`${small / GIB} GiB`]: smallMiB, [`${large / GIB} GiB`]: largeMiB },
    peers: {},
    ratio: { growth: round(largeMiB / smallMiB) },
    limits: { growth: 1.2, 'MiB in all': 250 },
    absent: [],
  }
}

async function peakMiB(folder, sizeBytes) {
  const file = path.join(folder, `memory-${sizeBytes}.mov`)
  const data = path.join(folder, `memory-workspace-${sizeBytes}`)
  const state = path.join(folder, `memory-state-${sizeBytes}`)
  // A file with a hole takes no room; reading it costs as much as any other from memory.
  const handle = await open(file, 'w')
  await handle.truncate(sizeBytes)
  await handle.close()
  const hourAgo = new Date(Date.now() - 3_600_000)
  await utimes(file, hourAgo, hourAgo)
  const workspace = await startWorkspace(data, '--byte-sink', 'discard')
  try {
    const { peakRssBytes } = await runUpload(workspace, state, file)
    return Math.round(peakRssBytes / MIB)
  } finally {
    await workspace.stop()
    await Promise.all([file, data, state].map((each) => rm(each, { recursive: true, force: true })))
  }
}
