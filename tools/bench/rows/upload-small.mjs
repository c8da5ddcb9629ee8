// Many small files through the whole pipeline, against a client that makes one call after another.
import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { runUpload, startWorkspace } from '../processes.mjs'
import { round } from '../figures.mjs'
import { makeFiles } from '../small-files.mjs'

const LATENCY_MS = 25

export default async function uploadSmall({ folder, quick }) {
  const count = quick ? 300 : 10_000
  const slowCount = quick ? 100 : 1000
  const peerCount = quick ? 20 : 100
  const files = path.join(folder, 'small')
  const slowFiles = path.join(folder, 'small-slow')
  await Promise.all([makeFiles(files, count), makeFiles(slowFiles, slowCount)])
  const faults = path.join(folder, 'latency.json')
  await writeFile(
    faults,
    JSON.stringify({ seed: 1, rules: [{ match: '* /*', action: 'delay', ms: LATENCY_MS }] }),
  )

  const fast = await measure(path.join(folder, 'fast'), files, peerCount)
  const slow = await measure(
    path.join(folder, 'slow'),
    slowFiles,
    Math.min(peerCount, 20),
    '--faults',
    faults,
  )
  await Promise.all([files, slowFiles].map((each) => rm(each, { recursive: true })))
  return {
    name: 'upload-small',
    unit: 'assets/s',
    runs: 1,
    files: count,
    ours: {
      direct: fast.ours,
      [`at ${LATENCY_MS} ms`]: slow.ours,
      callsPerAsset: fast.callsPerAsset,
      cpuMsPerAsset: fast.cpuMsPerAsset,
      workspaceCpuMsPerAsset: fast.workspaceCpuMsPerAsset,
    },
    peers: { 'one call after another': fast.peer, [`one call after another at ${LATENCY_MS} ms`]: slow.peer },
    ratio: { direct: round(fast.ours / fast.peer), [`at ${LATENCY_MS} ms`]: round(slow.ours / slow.peer) },
    limits: { 'assets/s': 150, callsPerAsset: 7, [`at ${LATENCY_MS} ms`]: 20 },
    absent: [],
  }
}

async function measure(base, files, peerCount, ...options) {
  const data = `${base}-workspace`
  const state = `${base}-state`
  const workspace = await startWorkspace(data, ...options)
  try {
    const { elapsedMs, cpuMs, summary } = await runUpload(workspace, state, files, '--duplicates', 'ingest')
    if (summary.failed > 0 || summary.unproven > 0)
      throw new Error(`not all were proven: ${JSON.stringify(summary)}`)
    const peer = await articleClient(workspace, files, peerCount)
    return {
      ours: round(summary.done / (elapsedMs / 1000)),
      callsPerAsset: round(summary.apiCalls / summary.done),
      cpuMsPerAsset: round(cpuMs.ours / summary.done),
      workspaceCpuMsPerAsset: round(cpuMs.workspace / summary.done),
      peer: round(peer),
    }
  } finally {
    await workspace.stop()
    await Promise.all([data, state].map((each) => rm(each, { recursive: true, force: true })))
  }
}

/** The plain client of the article on iconik's API: eight requests per file, each waiting for the one before. */
async function articleClient({ url, appId, authToken }, folder, count) {
  const call = async (method, where, body) => {
    const answer = await fetch(`${url}/API/${where}`, {
      method,
      headers: { 'app-id': appId, 'auth-token': authToken, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${await answer.text()}`)
    const text = await answer.text()
    return text === '' ? null : JSON.parse(text)
  }
  const startedAtMs = performance.now()
  for (let index = 0; index < count; index++) {
    const name = `${index}.bin`
    const bytes = await readFile(path.join(folder, name))
    const storage = await call('GET', 'files/v1/storages/matching/FILES/')
    const asset = await call('POST', 'assets/v1/assets/', { title: name, type: 'ASSET', status: 'ACTIVE' })
    const at = `files/v1/assets/${asset.id}`
    const format = await call('POST', `${at}/formats/`, {
      name: 'ORIGINAL',
      storage_methods: [storage.method],
    })
    const set = { name, format_id: format.id, storage_id: storage.id, base_dir: '', component_ids: [] }
    const fileSet = await call('POST', `${at}/file_sets/`, set)
    const row = { original_name: name, directory_path: '', size: bytes.length, type: 'FILE' }
    const ids = { storage_id: storage.id, file_set_id: fileSet.id, format_id: format.id }
    const file = await call('POST', `${at}/files/`, { ...row, ...ids })
    const stored = await fetch(file.upload_url, { method: 'PUT', body: bytes })
    if (!stored.ok) throw new Error(`PUT: ${stored.status}`)
    await call('PATCH', `${at}/files/${file.id}/`, { status: 'CLOSED', progress_processed: 100 })
    await call('POST', `${at}/files/${file.id}/keyframes/`, {})
  }
  return count / ((performance.now() - startedAtMs) / 1000)
}
