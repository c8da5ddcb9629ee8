import { randomBytes } from 'node:crypto'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'

const SIZE_BYTES = 10 * 1024

/** A folder of files, all different, an hour old so that they count as settled. */
export async function makeFiles(folder, count, sizeBytes = SIZE_BYTES) {
  await mkdir(folder, { recursive: true })
  const hourAgo = new Date(Date.now() - 3_600_000)
  for (let index = 0; index < count; index++) {
    const file = path.join(folder, `${index}.bin`)
    await writeFile(file, randomBytes(sizeBytes))
    await utimes(file, hourAgo, hourAgo)
  }
}
