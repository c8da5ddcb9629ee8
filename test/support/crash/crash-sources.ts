import { mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { writeRandomFile } from '../ferry-command.ts'

const MIB = 1024 * 1024
/** From this size on a file is sent in parts, and a multiple of the size of a part. */
const PARTS_FROM_BYTES = 16 * MIB

export interface SourceFile {
  name: string
  sizeBytes: number
  md5: string
}

/** One clip that was handed over: what has to be one asset. */
export interface SourceClip {
  files: SourceFile[]
}

/**
 * A folder such as a card brings: one large file, many small ones, some too large for one call, an empty one, one of a byte, sizes about the border of
 * parts, an image sequence, and a still with its raw file.
 */
export function writeCrashSources(
  folder: string,
  sizes: { largeBytes: number; smallCount: number; aboutParts: boolean },
  random: () => number,
): SourceClip[] {
  mkdirSync(folder, { recursive: true })
  const write = (name: string, sizeBytes: number): SourceFile => ({
    name,
    sizeBytes,
    md5: writeRandomFile(path.join(folder, name), sizeBytes),
  })
  const alone = (name: string, sizeBytes: number): SourceClip => ({ files: [write(name, sizeBytes)] })
  const small = Array.from({ length: sizes.smallCount }, (_, index) =>
    alone(`take ${String(index + 1).padStart(3, '0')}.mov`, 1000 + Math.floor(random() * 150_000)),
  )
  const border = sizes.aboutParts
    ? [-1, 0, 1].map((more) => alone(`border ${more}.mxf`, PARTS_FROM_BYTES + more))
    : []
  const middling = [1, 2, 3, 4].map((index) =>
    alone(`interview ${index}.wav`, 1_100_000 + Math.floor(random() * 3_000_000)),
  )
  const frames = Array.from({ length: 6 }, (_, index) =>
    write(`shot.${1001 + index}.dpx`, 200_000 + Math.floor(random() * 200_000)),
  )
  return [
    alone('large.mov', sizes.largeBytes),
    ...border,
    ...middling,
    ...small,
    alone('empty.wav', 0),
    alone('one byte.txt', 1),
    { files: frames },
    { files: [write('IMG_0042.CR2', 900_000), write('IMG_0042.JPG', 120_000)] },
  ]
}

/** A clip that joins a folder later. */
export function writeOneMore(folder: string, sizeBytes: number): SourceClip {
  const name = `more ${readdirSync(folder).length}.mov`
  const bytes = Math.round(sizeBytes)
  return { files: [{ name, sizeBytes: bytes, md5: writeRandomFile(path.join(folder, name), bytes) }] }
}
