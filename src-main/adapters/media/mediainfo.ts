import { open } from 'node:fs/promises'
import { mediaInfoFactory } from 'mediainfo.js'
import type { MediaInfo } from 'mediainfo.js'
import type { MediaInfoTrack } from '../../core/media/from-mediainfo.ts'

/** A look takes milliseconds; one that takes so long reads from a disk that does not answer. */
const LONGEST_MS = 30_000

let loading: Promise<MediaInfo<'object'>> | undefined
let last: Promise<unknown> = Promise.resolve()

/**
 * What MediaInfo (WebAssembly) says about a file; [] when it does not know it. One file at a time, and none for longer than `longestMs`.
 *
 * @throws the signal's reason; a TimeoutError; whatever the disk or MediaInfo says
 */
export function readMediaInfo(
  file: string,
  signal?: AbortSignal,
  longestMs = LONGEST_MS,
): Promise<readonly MediaInfoTrack[]> {
  const reading = last.then(() => analyseInTime(file, signal, longestMs))
  last = reading.catch(() => undefined)
  return reading
}

async function analyseInTime(
  file: string,
  signal: AbortSignal | undefined,
  longestMs: number,
): Promise<readonly MediaInfoTrack[]> {
  signal?.throwIfAborted()
  const tooLong = AbortSignal.timeout(longestMs)
  const over = signal ? AbortSignal.any([signal, tooLong]) : tooLong
  const given = new Promise<never>((_resolve, reject) => {
    over.addEventListener('abort', () => reject(over.reason as Error), { once: true })
  })
  try {
    return await Promise.race([analyse(file), given])
  } catch (error) {
    // It may be in the middle of the file still, or broken by it: the next file gets another.
    loading = undefined
    throw error
  }
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
