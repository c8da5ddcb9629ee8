// One large file over a long and lossy line: the number of parts at once that Ferry finds against the best of the fixed ones.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { open, rm, utimes } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ratios, round } from '../figures.mjs'
import { startWorkspace } from '../processes.mjs'

const MIB = 1024 * 1024
const LINE = { roundTripMs: 50, loss: 0.01, bytesPerSecond: 3_000_000, seed: 20260401 }
const inside = fileURLToPath(new URL('../shaped-upload.mjs', import.meta.url))
/** A network of its own, where the kernel's buffers may be made small without touching the machine's. */
const namespace = process.getuid?.() === 0 ? ['--net'] : ['--map-root-user', '--net']

export default async function uploadShaped({ folder, quick }) {
  const name = 'upload-shaped'
  if (spawnSync('unshare', [...namespace, 'true']).status !== 0)
    return { name, absent: ['network namespaces'] }
  if (spawnSync('ip', ['-V']).status !== 0) return { name, absent: ['ip (iproute2)'] }
  const sizeMiB = quick ? 48 : 96
  const file = await emptyFile(path.join(folder, 'shaped.mov'), sizeMiB * MIB)
  const rate = async (...options) =>
    round(sizeMiB / ((await uploadOnce(folder, file, options)).endedMs / 1000))
  const fixed = {}
  for (const parts of quick ? [4, 8] : [2, 4, 8]) fixed[parts] = await rate('--parts-at-once', String(parts))
  const adaptive = await rate()
  const [most, best] = Object.entries(fixed).reduce((a, b) => (b[1] > a[1] ? b : a))
  return {
    name,
    unit: `MiB/s; a relay stands for ${LINE.roundTripMs} ms, ${LINE.loss * 100} % loss, ${round(LINE.bytesPerSecond / MIB)} MiB/s`,
    runs: 1,
    sizeMiB,
    ours: { adaptive },
    peers: Object.fromEntries(Object.entries(fixed).map(([parts, rate]) => [`${parts} parts at once`, rate])),
    ratio: ratios(adaptive, { [`best fixed (${most})`]: best }),
    limits: { 'best fixed': 0.9 },
    absent: [],
  }
}

/** Every run has a workspace of its own, which forgets the bytes, and meets the same chances on the line. */
async function uploadOnce(folder, file, options) {
  const name = options.join('') || 'adaptive'
  const [data, state] = [path.join(folder, `workspace${name}`), path.join(folder, `state${name}`)]
  const workspace = await startWorkspace(data, '--storage', 's3', '--byte-sink', 'discard')
  const { port } = new URL(workspace.url)
  // A socket of the file system leads out of the namespace; inside, the line has the workspace's own address.
  const way = await openWay(path.join(folder, `way${name}`), Number(port))
  try {
    const line = { ...LINE, port: Number(port), far: way.path }
    const task = JSON.stringify({ line, env: workspace.env, state, file, options })
    const child = spawn('unshare', [...namespace, process.execPath, inside, task], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (chunk) => (said += chunk))
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`The upload over the shaped line ended with ${code}.`)
    const result = JSON.parse(said)
    if (result.summary.failed !== 0)
      throw new Error(`Not everything arrived: ${JSON.stringify(result.summary)}`)
    return result
  } finally {
    await way.close()
    await workspace.stop()
    await Promise.all([data, state].map((each) => rm(each, { recursive: true, force: true })))
  }
}

async function openWay(socketPath, port) {
  const open = new Set()
  const server = net.createServer((near) => {
    const far = net.connect({ port, host: '127.0.0.1' })
    open.add(near)
    for (const socket of [near, far])
      socket.on('error', () => near.destroy(far.destroy())).on('close', () => open.delete(near))
    near.pipe(far).pipe(near)
  })
  server.listen(socketPath)
  await once(server, 'listening')
  return {
    path: socketPath,
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A file with a hole takes no room. It is ready at once: one that was just written would have to settle first. */
async function emptyFile(file, sizeBytes) {
  const handle = await open(file, 'w')
  await handle.truncate(sizeBytes)
  await handle.close()
  const hourAgo = new Date(Date.now() - 3_600_000)
  await utimes(file, hourAgo, hourAgo)
  return file
}
