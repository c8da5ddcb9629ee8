import { randomUUID } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { MountCheck } from '../../ports/mount-check.ts'

/** A share that hangs must not hold the page. */
const PATIENCE_MS = 5_000

export const nodeMountCheck: MountCheck = {
  tryOut: (directory) => withPatience(directory, tryOut(directory)),
  look: (directory) => withPatience(directory, look(directory)),
}

async function look(directory: string): Promise<string | null> {
  try {
    const found = await fs.stat(directory)
    return found.isDirectory() ? null : `${directory} is not a folder.`
  } catch (error) {
    return reasonFor(directory, error)
  }
}

async function tryOut(directory: string): Promise<string | null> {
  const problem = await look(directory)
  if (problem !== null) return problem
  const file = path.join(directory, `.ferry-${randomUUID()}.tmp`)
  try {
    await fs.writeFile(file, '', { flag: 'wx' })
    return null
  } catch (error) {
    return reasonFor(directory, error)
  } finally {
    await fs.rm(file, { force: true }).catch(() => undefined)
  }
}

function reasonFor(directory: string, error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return `${directory} is not there. Mount it.`
    case 'EACCES':
    case 'EPERM':
      return `${directory} may not be written to by you.`
    case 'EROFS':
      return `${directory} is read-only.`
    case 'ENOSPC':
      return `${directory} has no room left.`
    default:
      return `${directory} cannot be used: ${error instanceof Error ? error.message : String(error)}.`
  }
}

function withPatience(directory: string, work: Promise<string | null>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(
      () => resolve(`${directory} does not answer within ${PATIENCE_MS / 1000} seconds.`),
      PATIENCE_MS,
    )
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
