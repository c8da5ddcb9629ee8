import sharp from 'sharp'
import { protocolArgs, type MediaFacts, type MediaSource } from './probe.ts'
import { runTool } from './run-tool.ts'

export interface Size {
  width: number
  height: number
}

/** Largest size within a box, even in both directions as H.264 wants it; never larger than the picture. */
export function fitWithin(picture: Size, box: Size): Size {
  const scale = Math.min(1, box.width / picture.width, box.height / picture.height)
  const even = (value: number) => Math.max(2, Math.round((value * scale) / 2) * 2)
  return { width: even(picture.width), height: even(picture.height) }
}

const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y']
const proxyBox = { width: 1280, height: 720 }
const posterBox = { width: 1280, height: 1280 }
const tileBox = { width: 160, height: 160 }

interface Work {
  ffmpegPath: string
  source: MediaSource
  facts: MediaFacts
  signal: AbortSignal
}

/** H.264 in MP4 at up to 720p, without B-frames and with its index in front, so that it plays while it loads. */
export async function makeVideoProxy(
  work: Work,
  output: string,
  onPercent: (percent: number) => void,
): Promise<Size> {
  const size = fitWithin({ width: work.facts.width ?? 1280, height: work.facts.height ?? 720 }, proxyBox)
  const args = [
    ...quiet,
    '-progress',
    'pipe:1',
    '-nostats',
    ...protocolArgs(work.source),
    '-i',
    work.source.location,
    '-map',
    '0:v:0',
    '-map',
    '0:a:0?',
    '-vf',
    `scale=${size.width}:${size.height}`,
    '-pix_fmt',
    'yuv420p',
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-profile:v',
    'main',
    '-bf',
    '0',
    '-g',
    '50',
    '-b:v',
    '3M',
    '-maxrate',
    '4M',
    '-bufsize',
    '6M',
    '-c:a',
    'aac',
    '-b:a',
    '128k',
    '-ac',
    '2',
    '-movflags',
    '+faststart',
    '-f',
    'mp4',
    output,
  ]
  await runTool(work.ffmpegPath, args, {
    signal: work.signal,
    onLine: percentOf(work.facts.durationMs, onPercent),
  })
  return size
}

/** Sound alone, as AAC in MP4. */
export async function makeAudioProxy(
  work: Work,
  output: string,
  onPercent: (percent: number) => void,
): Promise<void> {
  const args = [
    ...quiet,
    '-progress',
    'pipe:1',
    '-nostats',
    ...protocolArgs(work.source),
    '-i',
    work.source.location,
    '-map',
    '0:a:0',
    '-c:a',
    'aac',
    '-b:a',
    '160k',
    '-ac',
    '2',
    '-movflags',
    '+faststart',
    '-f',
    'mp4',
    output,
  ]
  await runTool(work.ffmpegPath, args, {
    signal: work.signal,
    onLine: percentOf(work.facts.durationMs, onPercent),
  })
}

const percentOf = (durationMs: number | null, onPercent: (percent: number) => void) => (line: string) => {
  const match = /^out_time_us=(\d+)/.exec(line)
  if (match && durationMs) onPercent(Math.min(99, Math.floor(Number(match[1]) / 10 / durationMs)))
}

/** One frame as JPEG. */
export async function grabFrame(work: Work, atMs: number, output: string): Promise<Size> {
  const size = fitWithin({ width: work.facts.width ?? 1280, height: work.facts.height ?? 720 }, posterBox)
  const seek = atMs > 0 ? ['-ss', (atMs / 1000).toFixed(3)] : []
  const args = [
    ...quiet,
    ...seek,
    ...protocolArgs(work.source),
    '-i',
    work.source.location,
    '-map',
    '0:v:0',
    '-frames:v',
    '1',
    '-vf',
    `scale=${size.width}:${size.height}`,
    '-q:v',
    '3',
    '-f',
    'image2',
    '-update',
    '1',
    output,
  ]
  await runTool(work.ffmpegPath, args, { signal: work.signal })
  return size
}

/** The picture of a sound: its waveform. */
export async function drawWaveform(work: Work, output: string): Promise<Size> {
  const size = { width: 1280, height: 360 }
  const filter = `aformat=channel_layouts=mono,showwavespic=s=${size.width}x${size.height}:colors=0x7aa2f7:scale=sqrt`
  const args = [
    ...quiet,
    ...protocolArgs(work.source),
    '-i',
    work.source.location,
    '-filter_complex',
    filter,
    '-frames:v',
    '1',
    '-q:v',
    '3',
    '-f',
    'image2',
    '-update',
    '1',
    output,
  ]
  await runTool(work.ffmpegPath, args, { signal: work.signal })
  return size
}

/** How many pictures a keyframe map has: about one a second, 8 to 60. */
export const tileCount = (durationMs: number): number =>
  Math.max(8, Math.min(60, Math.round(durationMs / 1000)))

/**
 * One JPEG with pictures of equal size side by side, evenly spaced in time. `tile` is the size of one of them; the width of
 * the whole divided by it gives their number.
 */
export async function makeKeyframeMap(
  work: Work,
  output: string,
): Promise<{ tile: Size; tiles: number; map: Size }> {
  const durationMs = Math.max(work.facts.durationMs ?? 0, 40)
  const tiles = tileCount(durationMs)
  const tile = fitWithin({ width: work.facts.width ?? 1280, height: work.facts.height ?? 720 }, tileBox)
  const keyframesOnly = durationMs > 600_000 ? ['-skip_frame', 'nokey'] : []
  const filter = `fps=${tiles}000/${durationMs}:round=up,scale=${tile.width}:${tile.height},tpad=stop_mode=clone:stop=${tiles},trim=end_frame=${tiles},tile=${tiles}x1`
  const args = [
    ...quiet,
    ...keyframesOnly,
    ...protocolArgs(work.source),
    '-i',
    work.source.location,
    '-map',
    '0:v:0',
    '-vf',
    filter,
    '-frames:v',
    '1',
    '-q:v',
    '4',
    '-f',
    'image2',
    '-update',
    '1',
    output,
  ]
  await runTool(work.ffmpegPath, args, { signal: work.signal })
  return { tile, tiles, map: { width: tile.width * tiles, height: tile.height } }
}

/** A still image within a box as JPEG, turned upright. */
export async function shrinkImage(input: string | Buffer, box: Size, output: string): Promise<Size> {
  const info = await sharp(input, { limitInputPixels: 1_000_000_000 })
    .rotate()
    .resize({ ...box, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#101010' })
    .jpeg({ quality: 82, mozjpeg: false })
    .toFile(output)
  return { width: info.width, height: info.height }
}
