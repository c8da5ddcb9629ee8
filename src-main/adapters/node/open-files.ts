import { readdir, readFile, readlink } from 'node:fs/promises'
import path from 'node:path'

/**
 * Which of these files a process of this machine holds open for writing, this process's own handles included. Linux only:
 * `/proc/PID/fd` names what is open and `/proc/PID/fdinfo` how. Processes of other users cannot be looked into, so a
 * file that is not in the answer may still be written.
 *
 * @returns null where the system does not tell
 */
export async function filesOpenForWriting(files: readonly string[]): Promise<Set<string> | null> {
  if (process.platform !== 'linux' || files.length === 0)
    return process.platform === 'linux' ? new Set() : null
  const wanted = new Map<string, string>()
  for (const file of files) wanted.set(path.resolve(file), file)
  let pids: string[]
  try {
    pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  } catch {
    return null
  }
  const found = new Set<string>()
  for (const pid of pids) await lookInto(pid, wanted, found)
  return found
}

async function lookInto(pid: string, wanted: Map<string, string>, found: Set<string>): Promise<void> {
  // A process may end, or belong to someone else, at any moment: then it tells nothing.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
  await Promise.all(
    descriptors.map(async (descriptor) => {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
      const file = wanted.get(target)
      if (file === undefined || found.has(file)) return
      const info = await readFile(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8').catch(() => '')
      const flags = /^flags:\s*([0-7]+)/m.exec(info)?.[1]
      // The lowest two bits are the access mode: 0 reading, 1 writing, 2 both.
      if (flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 0) found.add(file)
    }),
  )
}
