import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it, vi } from 'vitest'
import { createMediaProbe } from '@main/adapters/media/media-probe.ts'
import { silentLogger } from '@test/support/intake-world.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

const parsed = vi.hoisted(() => [] as string[])

vi.mock('exifr', () => ({ default: { parse: async (file: string) => void parsed.push(file) } }))
vi.mock('@main/adapters/media/mediainfo.ts', () => ({ readMediaInfo: async () => [] }))

it('a picture too short to be one is not given to exifr, which would leave it open', async () => {
  const probe = createMediaProbe({ ffprobePath: () => '/nowhere/ffprobe', logger: silentLogger })
  const folder = await tempFolder()
  const fileOf = (sizeBytes: number) => path.join(folder, `${sizeBytes}.jpg`)
  for (const sizeBytes of [0, 1, 15, 16]) {
    await writeFile(fileOf(sizeBytes), Buffer.alloc(sizeBytes, 0xff))
    await probe.probe(fileOf(sizeBytes))
  }
  expect(parsed).toEqual([fileOf(16)])
})
