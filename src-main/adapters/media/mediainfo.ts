import { open } from 'node:fs/promises'
import { mediaInfoFactory } from 'mediainfo.js'
import type { MediaInfo } from 'mediainfo.js'
import type { MediaInfoTrack } from '../../core/media/from-mediainfo.ts'

let loading: Promise<MediaInfo<'object'>> | undefined
let last: Promise<unknown> = Promise.resolve()

/** What MediaInfo (WebAssembly) says about a file; [] when it does not know it. One file at a time. */
export function readMediaInfo(file: string): Promise<readonly MediaInfoTrack[]> {
  const reading = last.then(() => analyse(file))
  last = reading.catch(() => undefined)
  return reading
}

async function analyse(file: string): Promise<readonly MediaInfoTrack[]> {
  loading ??= mediaInfoFactory({ format: 'object' })
  const mediaInfo = await loading
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const result = await mediaInfo.analyzeData(size, async (sizeBytes, offset) => {
      const chunk = new Uint8Array(sizeBytes)
      const { bytesRead } = await handle.read(chunk, 0, sizeBytes, offset)
      return chunk.subarray(0, bytesRead)
    })
    return (result.media?.track ?? []) as unknown as readonly MediaInfoTrack[]
  } finally {
    await handle.close()
  }
}
