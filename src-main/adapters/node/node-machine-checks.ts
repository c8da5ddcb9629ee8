import { execFile } from 'node:child_process'
import fs from 'node:fs/promises'
import { promisify } from 'node:util'
import type { DoctorCheck } from '@contract/settings.ts'
import type { MachineChecks } from '../../ports/diagnostics.ts'

const run = promisify(execFile)
const GIB = 1024 ** 3
/** Below this many watches a large folder tree cannot be watched by events. */
const ENOUGH_WATCHES = 100_000

/**
 * @param options.stateDir folder of the journal
 * @param options.ffmpegPath the setting; '' means ffmpeg on the PATH
 */
export function createNodeMachineChecks(options: {
  stateDir: string
  ffmpegPath: () => string
}): MachineChecks {
  return {
    run: () =>
      Promise.all([watcherLimit(), ffmpeg(options.ffmpegPath() || 'ffmpeg'), stateFolder(options.stateDir)]),
  }
}

async function watcherLimit(): Promise<DoctorCheck> {
  const name = 'Watcher limit'
  if (process.platform !== 'linux')
    return { name, state: 'ok', finding: 'This system has no fixed number of watches.', remedy: '' }
  const file = '/proc/sys/fs/inotify/max_user_watches'
  try {
    const limit = Number(await fs.readFile(file, 'utf8'))
    const finding = `The system allows ${limit} inotify watches.`
    if (limit >= ENOUGH_WATCHES) return { name, state: 'ok', finding, remedy: '' }
    return { name, state: 'warn', finding, remedy: 'sudo sysctl fs.inotify.max_user_watches=524288' }
  } catch (error) {
    return { name, state: 'warn', finding: `${file} cannot be read: ${reasonOf(error)}`, remedy: '' }
  }
}

async function ffmpeg(command: string): Promise<DoctorCheck> {
  try {
    const { stdout } = await run(command, ['-version'], {
      timeout: 10_000,
      env: { PATH: process.env['PATH'] },
    })
    const version = /version (\S+)/.exec(stdout)?.[1] ?? 'of unknown version'
    return { name: 'ffmpeg', state: 'ok', finding: `ffmpeg ${version} is there.`, remedy: '' }
  } catch {
    return {
      name: 'ffmpeg',
      state: 'warn',
      finding: 'ffmpeg was not found: the local workspace makes no previews of video and sound.',
      remedy: 'Install ffmpeg, or name its path in Settings.',
    }
  }
}

async function stateFolder(stateDir: string): Promise<DoctorCheck> {
  const name = 'State folder'
  try {
    await fs.mkdir(stateDir, { recursive: true })
    await fs.access(stateDir, fs.constants.W_OK)
    const { bavail, bsize } = await fs.statfs(stateDir)
    const freeGib = (bavail * bsize) / GIB
    const finding = `${stateDir} has ${freeGib.toFixed(1)} GiB free.`
    if (freeGib >= 1) return { name, state: 'ok', finding, remedy: '' }
    return { name, state: 'warn', finding, remedy: 'Make room: the journal must be able to grow.' }
  } catch (error) {
    return {
      name,
      state: 'failed',
      finding: `${stateDir} cannot be written: ${reasonOf(error)}`,
      remedy: 'Check its rights.',
    }
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
