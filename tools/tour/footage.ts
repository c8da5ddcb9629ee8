import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { writeScene, type SceneName } from './photographs.ts'

const run = promisify(execFile)
const SECONDS = 6

/** One thing that a camera or a recorder made. */
export interface Take {
  file: string
  scene?: SceneName
  timecode?: string
  /** Flat, as a camera records it. */
  isLog?: boolean
  /** Bytes that the file is to have; the rest behind the picture is empty. */
  sizeBytes?: number
}

/** Makes films, stills and recordings below a folder, all of them older than any settle time. */
export async function shoot(folder: string, takes: readonly Take[]): Promise<void> {
  for (const take of takes) {
    const file = path.join(folder, take.file)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    if (/\.wav$/i.test(file)) await record(file, take.timecode ?? '07:00:00:00')
    else if (/\.(mov|mp4|mxf)$/i.test(file)) await film(file, take)
    else await writeScene(take.scene ?? 'jetty', file)
    if (take.sizeBytes) fs.truncateSync(file, take.sizeBytes)
    age(file)
  }
}

/** Frames of a rendered shot, numbered from 1001; those named are left out. */
export async function renderSequence(
  folder: string,
  stem: string,
  frames: number,
  missing: readonly number[],
): Promise<void> {
  fs.mkdirSync(folder, { recursive: true })
  const still = path.join(folder, 'still.jpg')
  await writeScene('water', still)
  for (let frame = 1001; frame < 1001 + frames; frame += 1) {
    if (missing.includes(frame)) continue
    const file = path.join(folder, `${stem}.${frame}.png`)
    await sharp(still)
      .extract({ left: (frame - 1001) * 4, top: 100, width: 960, height: 540 })
      .resize(480, 270)
      .png({ compressionLevel: 1 })
      .toFile(file)
    age(file)
  }
  fs.rmSync(still)
}

export function age(file: string, byMs = 3_600_000): void {
  const then = new Date(Date.now() - byMs)
  fs.utimesSync(file, then, then)
}

/** A slow move over a still. */
async function film(file: string, { scene = 'jetty', timecode = '07:00:00:00', isLog }: Take): Promise<void> {
  const still = `${file}.jpg`
  await writeScene(scene, still)
  const grade = isLog ? ',eq=contrast=0.55:saturation=0.45:brightness=0.08' : ''
  const move = `scale=1152:-2,crop=960:540:x='(in_w-out_w)*t/${SECONDS}':y='(in_h-out_h)/2'${grade}`
  const picture = `-loop 1 -framerate 25 -t ${SECONDS} -i`.split(' ')
  const sound = `-f lavfi -t ${SECONDS} -i anoisesrc=a=0.02:c=pink`.split(' ')
  const codecs = '-c:v libx264 -preset ultrafast -crf 20 -g 25 -pix_fmt yuv420p -c:a aac'.split(' ')
  await run('ffmpeg', [
    '-loglevel',
    'error',
    '-y',
    ...picture,
    still,
    ...sound,
    '-vf',
    move,
    ...codecs,
    '-timecode',
    timecode,
    file,
  ])
  fs.rmSync(still)
}

async function record(file: string, timecode: string): Promise<void> {
  const speech =
    "aevalsrc='0.5*sin(2*PI*180*t)*abs(sin(2.1*t))*abs(sin(7*t+sin(3*t)))|0.3*sin(2*PI*240*t)*abs(sin(1.7*t))':d=12:s=48000"
  await run('ffmpeg', [
    '-loglevel',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    speech,
    '-c:a',
    'pcm_s16le',
    '-metadata',
    `timecode=${timecode}`,
    file,
  ])
}
