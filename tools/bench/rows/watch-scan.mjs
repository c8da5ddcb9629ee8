// watch-scan: how soon `ferry watch` is ready on a tree of 100,000 files in 1,000 folders, at first and when it knows all of them, beside
// what a plain walk and plain chokidar take. Processor time stands beside the clock, which a busy machine stretches.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { median, ratios, round } from '../figures.mjs'
import { childrenOf, cpuMsOf, ferryCommand, peakRssOf, startWorkspace } from '../processes.mjs'

const chokidarScript = `
import { watch } from 'chokidar'
watch(process.argv[1], { ignoreInitial: true }).on('ready', () => process.exit(0))
`

export default async function watchScan({ folder, quick }) {
  const files = quick ? 10_000 : 100_000
  const folders = quick ? 100 : 1000
  const rounds = quick ? 1 : 3
  const tree = path.join(folder, 'tree')
  for (let at = 0; at < folders; at++) {
    const place = path.join(tree, `d${at}`)
    await mkdir(place, { recursive: true })
    for (let n = 0; n < files / folders; n++)
      await writeFile(path.join(place, `clip ${at} ${n}.mov`), `${at} ${n}`)
  }
  const workspace = await startWorkspace(path.join(folder, 'workspace'))
  const first = []
  const again = []
  try {
    for (let round = 0; round < rounds; round++) {
      const state = path.join(folder, `state ${round}`)
      first.push(await runWatch(workspace, state, tree, ['--settle', '3600']))
      await markAllKnown(state, tree)
      again.push(await runWatch(workspace, state, tree, []))
    }
  } finally {
    await workspace.stop()
  }
  const peers = {}
  const walks = []
  const plain = []
  for (let round = 0; round < rounds; round++) {
    walks.push(await timed('find', [tree, '-printf', '%p %s %T@ %i\\n']))
    plain.push(await timed(process.execPath, ['--input-type=module', '-e', chokidarScript, tree]))
  }
  peers['find -printf'] = round(median(walks))
  peers['chokidar'] = round(median(plain))
  const readyMs = median(first.map((run) => run.readyMs))
  return {
    name: 'watch-scan',
    unit: 'ms to ready',
    runs: rounds,
    ours: {
      files,
      readyMs: round(readyMs),
      readyCpuMs: round(median(first.map((run) => run.cpuMs))),
      peakRssMb: round(median(first.map((run) => run.peakRssBytes)) / 1e6),
      restartReadyMs: round(median(again.map((run) => run.readyMs))),
      restartCpuMs: round(median(again.map((run) => run.cpuMs))),
      restartPeakRssMb: round(median(again.map((run) => run.peakRssBytes)) / 1e6),
      restartQueued: Math.max(...again.map((run) => run.queued)),
      restartApiCalls: Math.max(...again.map((run) => run.apiCalls)),
    },
    peers,
    ratio: ratios(readyMs, peers),
    limits: { readyMs: 3000, peakRssMb: 200, restartQueued: 0 },
    absent: [],
  }
}

/** Starts `ferry watch` and ends it a little after it said that it is ready. */
async function runWatch(workspace, state, tree, options) {
  const startedMs = performance.now()
  const args = [ferryCommand, 'watch', tree, '--state', state, '--json', ...options]
  const launcher = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...workspace.env },
  })
  const run = { readyMs: 0, cpuMs: 0, peakRssBytes: 0, queued: 0, apiCalls: 0 }
  for await (const line of createInterface({ input: launcher.stdout })) {
    const event = JSON.parse(line)
    if (event.event === 'watching') {
      const [child] = childrenOf(launcher.pid)
      Object.assign(run, { readyMs: performance.now() - startedMs, cpuMs: cpuMsOf(child) })
      // What it would do of itself, it has begun by then.
      await new Promise((resolve) => setTimeout(resolve, 3000))
      run.peakRssBytes = peakRssOf(child)
      launcher.kill('SIGTERM')
    }
    if (event.event === 'done' || event.event === 'failed') run.queued++
    if (event.event === 'summary') run.apiCalls = event.apiCalls
  }
  if (launcher.exitCode === null) await once(launcher, 'exit')
  return run
}

/** Writes into the watch journal that every file was uploaded: as after the weeks that a hundred thousand uploads take. */
async function markAllKnown(state, tree) {
  const script = fileURLToPath(new URL('../mark-all-known.mjs', import.meta.url))
  await timed(process.execPath, [script, path.join(state, 'ferry.db'), tree])
}

async function timed(command, args) {
  const startedMs = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${command} ended with ${code}`)
  return performance.now() - startedMs
}
