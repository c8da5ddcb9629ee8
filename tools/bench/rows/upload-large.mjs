// One large file to the same nginx: ours with the sums that proof needs, against curl and rclone beside md5sum.
import { spawnSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import { startNginxSink } from '../nginx-sink.mjs'
import { runBeside, runUpload, startWorkspace } from '../processes.mjs'
import { median, ratios } from '../figures.mjs'

const MIB = 1024 * 1024

export default async function uploadLarge({ folder, quick }) {
  const sizeBytes = (quick ? 256 : 2048) * MIB
  const file = path.join(folder, 'large.mov')
  await writeRandom(file, sizeBytes)
  const sink = await startNginxSink(folder)
  if (!sink) return { name: 'upload-large', absent: ['nginx'] }
  const absent = ['curl', 'rclone', 'md5sum'].filter((tool) => spawnSync(tool, ['--version']).status !== 0)
  if (!sink.webdav && !absent.includes('rclone')) absent.push('rclone (nginx has no dav-ext module)')
  const has = (tool) => !absent.some((name) => name.startsWith(tool))
  const times = {}
  const measure = async (name, run) => {
    ;(times[name] ??= []).push(await run())
    for (const entry of await readdir(sink.root))
      if (entry !== 'temp') await rm(path.join(sink.root, entry), { recursive: true })
  }
  const curl = ['curl', '-sS', '-f', '-H', 'Expect:', '-T', file, `${sink.url}/curl.mov`]
  const rclone = [
    'rclone',
    'copyto',
    '--webdav-url',
    sink.url,
    file,
    ':webdav:rclone.mov',
    '--config',
    '/dev/null',
  ]
  try {
    const contestants = [
      ['ours-md5', (run) => uploadOnce(folder, file, sink, 's3', `md5-${run}`)],
      ['ours-crc32c', (run) => uploadOnce(folder, file, sink, 'gcs', `crc32c-${run}`)],
      ['curl', () => runBeside(curl)],
      ['rclone', () => runBeside(rclone)],
      ['curl+md5sum', () => runBeside(curl, ['md5sum', file])],
      ['rclone+md5sum', () => runBeside(rclone, ['md5sum', file])],
    ].filter(([name]) => name.split('+').every((tool) => tool.startsWith('ours') || has(tool)))
    // In turns, so that whatever else the machine does falls on all alike; and each is the first of a round as often as the others, since
    // that one pays for the memory that the kernel has to find for the sink's cache.
    const rounds = quick ? 2 : contestants.length
    for (let round = 0; round < rounds; round++)
      for (let turn = 0; turn < contestants.length; turn++) {
        const [name, run] = contestants[(round + turn) % contestants.length]
        await measure(name, () => run(round))
      }
  } finally {
    await sink.stop()
    await rm(file)
  }
  const rates = Object.fromEntries(
    Object.entries(times).map(([name, list]) => [name, Math.round(sizeBytes / MIB / (median(list) / 1000))]),
  )
  const { 'ours-md5': md5, 'ours-crc32c': crc32c, ...peers } = rates
  return {
    name: 'upload-large',
    unit: 'MiB/s',
    runs: Object.values(times)[0].length,
    sizeMiB: sizeBytes / MIB,
    ours: { md5, crc32c },
    peers,
    ratio: {
      ...ratios(md5, { 'curl+md5sum': peers['curl+md5sum'], 'rclone+md5sum': peers['rclone+md5sum'] }),
      ...ratios(crc32c, { rclone: peers['rclone'] }, 'crc32c/'),
    },
    limits: { 'curl+md5sum': 0.9, 'rclone+md5sum': 1, 'crc32c/rclone': 1 },
    absent,
  }
}

async function uploadOnce(folder, file, sink, storage, name) {
  const data = path.join(folder, `workspace-${name}`)
  const state = path.join(folder, `state-${name}`)
  const workspace = await startWorkspace(data, '--storage', storage, '--byte-sink', sink.url)
  try {
    // To CLOSED: the sink gives no evidence, so what follows is not part of a real upload's way.
    return (await runUpload(workspace, state, file)).endedMs
  } finally {
    await workspace.stop()
    await Promise.all([data, state].map((each) => rm(each, { recursive: true, force: true })))
  }
}

async function writeRandom(file, sizeBytes) {
  const out = createWriteStream(file)
  for (let written = 0; written < sizeBytes; written += 8 * MIB)
    if (!out.write(randomBytes(8 * MIB))) await once(out, 'drain')
  out.end()
  await once(out, 'finish')
  // Ready at once: a file that was just written would have to settle first.
  const { utimes } = await import('node:fs/promises')
  const hourAgo = new Date(Date.now() - 3_600_000)
  await utimes(file, hourAgo, hourAgo)
}
