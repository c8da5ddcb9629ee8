// Starting and watching the processes that a row measures.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const ferryCommand = fileURLToPath(new URL('../../bin/ferry.mjs', import.meta.url))

/** Starts a local workspace with the given options. @returns its address and credentials, and what ends it */
export async function startWorkspace(dataDir, ...options) {
  const args = [ferryCommand, 'workspace', 'serve', '--data', dataDir, '--previews', 'off', ...options]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`The workspace ended with ${code}.`))),
  ])
  const ready = JSON.parse(line)
  return {
    ...ready,
    env: { FERRY_URL: ready.url, FERRY_APP_ID: ready.appId, FERRY_AUTH_TOKEN: ready.authToken },
    /** Processor time of the service so far. */
    cpuMs: () => cpuMsOfChildren(child.pid),
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

/**
 * Runs `ferry upload` to its end.
 * @returns from the end of planning: milliseconds to the summary and to the end of the last upload, processor time of the uploading
 *   process and of the workspace; the summary; the peak memory of the process
 */
export async function runUpload(workspace, stateDir, source, ...options) {
  const args = [ferryCommand, 'upload', source, '--json', '--state', stateDir, ...options]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...workspace.env },
  })
  const memory = watchMemory(child.pid)
  const cpuSoFar = () => ({ ours: cpuMsOfChildren(child.pid), workspace: workspace.cpuMs() })
  let startedAtMs
  let elapsedMs
  let endedMs
  let cpuBefore
  let cpuMs
  let summary
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line)
    // Planning is over with the last of these; small files may be done before anyone is told that they started.
    if (event.event === 'planned') {
      startedAtMs = performance.now()
      cpuBefore = cpuSoFar()
    }
    if (event.event === 'done' || event.event === 'failed')
      endedMs = performance.now() - (startedAtMs ?? performance.now())
    if (event.event === 'summary') {
      summary = event
      const cpu = cpuSoFar()
      cpuMs = Object.fromEntries(
        Object.entries(cpu).map(([name, ms]) => [name, ms - (cpuBefore ?? cpu)[name]]),
      )
      elapsedMs = performance.now() - (startedAtMs ?? performance.now())
    }
  }
  const peakRssBytes = memory.stop()
  if (child.exitCode === null) await once(child, 'exit')
  if (!summary) throw new Error(`ferry upload ended with ${child.exitCode} and without a summary`)
  return { elapsedMs, endedMs, cpuMs, summary, peakRssBytes }
}

/** Runs commands side by side. @returns milliseconds until the last has ended */
export async function runBeside(...commands) {
  const startedAtMs = performance.now()
  await Promise.all(
    commands.map(async ([command, ...args]) => {
      const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
      let said = ''
      child.stderr.on('data', (chunk) => (said += chunk))
      const [code] = await once(child, 'close')
      if (code !== 0) throw new Error(`${command} ended with ${code}: ${said.slice(-300)}`)
    }),
  )
  return performance.now() - startedAtMs
}

/** Peak resident memory of a process's children (the launcher itself does no work), by the kernel's own high-water mark. */
function watchMemory(pid) {
  let peak = 0
  const look = () => {
    for (const child of childrenOf(pid)) {
      const kib = /VmHWM:\s+(\d+) kB/.exec(read(`/proc/${child}/status`))?.[1]
      peak = Math.max(peak, Number(kib ?? 0) * 1024)
    }
  }
  const timer = setInterval(look, 200)
  return {
    stop() {
      clearInterval(timer)
      return peak
    },
  }
}

/** Processes that a process started. */
export const childrenOf = (pid) =>
  read(`/proc/${pid}/task/${pid}/children`).trim().split(/\s+/).filter(Boolean)

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** The kernel's own high-water mark. */
export const peakRssOf = (pid) =>
  Number(/VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024

/** Processor time of all threads of a process so far; the kernel counts in hundredths of a second. */
export function cpuMsOf(pid) {
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10
}

const cpuMsOfChildren = (pid) => childrenOf(pid).reduce((sum, child) => sum + cpuMsOf(child), 0)
