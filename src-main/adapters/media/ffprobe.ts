import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { FfprobeAnswer } from '../../core/media/from-ffprobe.ts'
import { stepBack } from './step-back.ts'

const run = promisify(execFile)
const TIMEOUT_MS = 30_000
const LONGEST_OUTPUT_BYTES = 16 * 1024 * 1024

/**
 * What ffprobe says about a file.
 * @param command path of ffprobe, or its name to be found on PATH
 * @returns null when it does not know the file; 'absent' when there is no ffprobe
 */
export async function runFfprobe(
  command: string,
  file: string,
  signal?: AbortSignal,
): Promise<FfprobeAnswer | null | 'absent'> {
  // "file:" keeps a name from being read as an option or another protocol; playlists may reach nothing but files.
  const args = [
    '-v',
    'error',
    '-protocol_whitelist',
    'file',
    '-print_format',
    'json',
    '-show_format',
    '-show_streams',
  ]
  try {
    const running = run(command, [...args, `file:${file}`], {
      timeout: TIMEOUT_MS,
      maxBuffer: LONGEST_OUTPUT_BYTES,
      windowsHide: true,
      ...(signal ? { signal } : {}),
    })
    stepBack(running.child.pid)
    const { stdout } = await running
    const parsed = FfprobeAnswer.safeParse(JSON.parse(stdout))
    return parsed.success ? parsed.data : null
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if ((error as { code?: unknown }).code === 'ENOENT') return 'absent'
    return null
  }
}
