import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty folder of its own for the running test, removed when it ends. Its path holds no symbolic link. */
export async function tempFolder(prefix = 'ferry-test-'): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), prefix)))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
