import fs from 'node:fs'
import path from 'node:path'

/** Files below a folder that hold a secret, in UTF-8 or as Chromium stores text, in UTF-16. */
export function filesWithSecret(folder: string, secret: string): string[] {
  const spellings = [Buffer.from(secret, 'utf8'), Buffer.from(secret, 'utf16le')]
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => {
      const content = readIfThere(file)
      return spellings.some((spelling) => content.includes(spelling))
    })
}

/**
 * Processes that came from `rootPid`, itself included, with a secret in their command line or environment.
 * Linux only; elsewhere nothing is found.
 */
export function processesWithSecret(rootPid: number, secret: string): number[] {
  return descendants(rootPid).filter((pid) =>
    ['cmdline', 'environ'].some((name) => readIfThere(`/proc/${pid}/${name}`).includes(secret)),
  )
}

/** A process and everything that it started, by their ids. */
export function descendants(rootPid: number): number[] {
  const children = new Map<number, number[]>()
  const pids = fs.existsSync('/proc') ? fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  for (const pid of pids) {
    // The second field, a name in brackets, may hold anything.
    const parent = Number(readIfThere(`/proc/${pid}/stat`).toString().split(') ').pop()?.split(' ')[1])
    children.set(parent, [...(children.get(parent) ?? []), Number(pid)])
  }
  const found: number[] = []
  const open = [rootPid]
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    found.push(pid)
    open.push(...(children.get(pid) ?? []))
  }
  return found
}

function readIfThere(file: string): Buffer {
  try {
    return fs.readFileSync(file)
  } catch {
    return Buffer.alloc(0)
  }
}
