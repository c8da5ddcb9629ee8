import { execFile } from 'node:child_process'
import fs from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { SampleClips } from '../../ports/sample-clips.ts'
import { drawScene, SCENE_WIDTH, type Scene } from './sample-scenes.ts'

const run = promisify(execFile)

/** Of the film, and how far the camera moves over the drawing. The drawing is 16:9 like the film. */
const FILMED_WIDTH = 960
const FILMED_HEIGHT = 540
const PAN_X = 160
const PAN_Y = 90

type Sample =
  | { name: string; kind: 'video'; seconds: number; timecode: string; scene: Scene }
  | { name: string; kind: 'still'; scene: Scene }
  | { name: string; kind: 'sound'; seconds: number; scene: Scene }

const dawn: Scene = {
  sky: ['#1d2b4f', '#b5656a', '#f6b26b'],
  ridges: ['#6b4a63', '#4a3550', '#2c2338'],
  water: ['#a8646a', '#1c1c33'],
  sun: { x: 1010, y: 470, radius: 44, colour: '#ffe3a6' },
  seed: 3,
}
const noon: Scene = {
  sky: ['#3f86c9', '#8fc3ea', '#dcedf6'],
  ridges: ['#8aa9bd', '#5d8a7c', '#3c6a4c'],
  water: ['#7fb4d6', '#1d4f73'],
  sun: { x: 420, y: 140, radius: 34, colour: '#fffbe8' },
  seed: 11,
}
const dusk: Scene = {
  sky: ['#141b3a', '#4d3d73', '#d1627a'],
  ridges: ['#493763', '#33284d', '#1d1a33'],
  water: ['#8c4a70', '#100f22'],
  sun: { x: 640, y: 520, radius: 58, colour: '#ff9e7d' },
  seed: 23,
}
const night: Scene = {
  sky: ['#050a18', '#0d1a33', '#1f3657'],
  ridges: ['#15253d', '#0e1a2c', '#080f1c'],
  water: ['#1a3050', '#04070f'],
  sun: null,
  seed: 31,
}
const fog: Scene = {
  sky: ['#8e989c', '#b9c0c1', '#dfe1de'],
  ridges: ['#a9b1b1', '#88928f', '#606d69'],
  water: ['#b4bbba', '#5c6a6b'],
  sun: { x: 1180, y: 360, radius: 30, colour: '#f7f4ea' },
  seed: 47,
}
const autumn: Scene = {
  sky: ['#5b86a6', '#e3c39a', '#f4dcb0'],
  ridges: ['#b5703c', '#8f4a26', '#512d1c'],
  water: ['#c99058', '#3a2a22'],
  sun: { x: 300, y: 430, radius: 40, colour: '#fff2cf' },
  seed: 59,
}

const SAMPLES: Sample[] = [
  { name: 'A014C001_260318_R1K7.mov', kind: 'video', seconds: 8, timecode: '07:02:11:04', scene: dawn },
  {
    name: 'A014C002_260318_R1K7.mov',
    kind: 'video',
    seconds: 6,
    timecode: '07:05:40:18',
    scene: { ...dawn, seed: 5 },
  },
  { name: 'A014C003_260318_R1K7.mov', kind: 'video', seconds: 7, timecode: '11:09:02:00', scene: noon },
  { name: 'A014C004_260318_R1K7.mov', kind: 'video', seconds: 5, timecode: '16:21:33:12', scene: autumn },
  { name: 'A014C005_260318_R1K7.mov', kind: 'video', seconds: 9, timecode: '19:44:10:22', scene: dusk },
  { name: 'DJI_0231.mp4', kind: 'video', seconds: 6, timecode: '12:31:02:00', scene: fog },
  { name: 'Jetty at night.jpg', kind: 'still', scene: night },
  { name: 'Ridge, first light.jpg', kind: 'still', scene: { ...dawn, seed: 71 } },
  { name: 'Lake in autumn.jpg', kind: 'still', scene: { ...autumn, seed: 83 } },
  { name: 'LW_T14_07.wav', kind: 'sound', seconds: 12, scene: { ...night, seed: 97 } },
]

/** Draws the samples and films them with ffmpeg. @param ffmpegPath the setting; '' means ffmpeg on the PATH */
export function createDrawnSampleClips(ffmpegPath: () => string): SampleClips {
  return {
    async make(directory, signal) {
      await fs.mkdir(directory, { recursive: true })
      const ffmpeg = ffmpegPath() || 'ffmpeg'
      const hasFfmpeg = await canRun(ffmpeg)
      const made: string[] = []
      for (const sample of SAMPLES) {
        signal?.throwIfAborted()
        made.push(await makeOne(sample, directory, hasFfmpeg ? ffmpeg : null, signal))
      }
      return made
    },
  }
}

/** Written under another name first: a sample is there as a whole or not at all. */
async function makeOne(
  sample: Sample,
  directory: string,
  ffmpeg: string | null,
  signal?: AbortSignal,
): Promise<string> {
  const name = ffmpeg ? sample.name : `${path.parse(sample.name).name}.jpg`
  const target = path.join(directory, name)
  if (await exists(target)) return target
  const unfinished = path.join(directory, `.unfinished${path.extname(name)}`)
  if (!ffmpeg || sample.kind === 'still') await draw(sample.scene, unfinished)
  else if (sample.kind === 'video') await film(ffmpeg, sample, unfinished, signal)
  else await record(ffmpeg, sample, unfinished, signal)
  await fs.rename(unfinished, target)
  return target
}

async function draw(scene: Scene, file: string, width = SCENE_WIDTH): Promise<void> {
  const { default: sharp } = await import('sharp')
  await sharp(Buffer.from(drawScene(scene)))
    .resize({ width })
    .jpeg({ quality: 88 })
    .toFile(file)
}

/** A slow pan over the drawing, with a quiet tone that swells. */
async function film(
  ffmpeg: string,
  sample: Extract<Sample, { kind: 'video' }>,
  file: string,
  signal?: AbortSignal,
): Promise<void> {
  const picture = `${file}.drawing.jpg`
  // Small and quickly encoded: ten clips must not keep a person waiting.
  await draw(sample.scene, picture, FILMED_WIDTH + PAN_X)
  const { seconds } = sample
  const pan = `crop=${FILMED_WIDTH}:${FILMED_HEIGHT}:'${PAN_X}*t/${seconds}':'${PAN_Y}*(1-t/${seconds})'`
  const tone = `sine=f=${110 + sample.scene.seed}:d=${seconds},volume='0.06+0.05*sin(t)':eval=frame`
  try {
    const still = `-loop 1 -framerate 25 -t ${seconds} -i`.split(' ')
    const encode = '-c:v libx264 -preset ultrafast -crf 23 -pix_fmt yuv420p -c:a aac -shortest'.split(' ')
    await runFfmpeg(
      ffmpeg,
      [
        ...still,
        picture,
        '-f',
        'lavfi',
        '-i',
        tone,
        '-vf',
        pan,
        ...encode,
        '-timecode',
        sample.timecode,
        file,
      ],
      signal,
    )
  } finally {
    await fs.rm(picture, { force: true })
  }
}

async function record(
  ffmpeg: string,
  sample: Extract<Sample, { kind: 'sound' }>,
  file: string,
  signal?: AbortSignal,
): Promise<void> {
  const waves = `anoisesrc=d=${sample.seconds}:c=brown:a=0.4:seed=7,tremolo=f=0.25:d=0.8`
  await runFfmpeg(ffmpeg, ['-f', 'lavfi', '-i', waves, '-ar', '48000', '-c:a', 'pcm_s16le', file], signal)
}

/** ffmpeg gets no variable of ours. */
async function runFfmpeg(ffmpeg: string, args: string[], signal?: AbortSignal): Promise<void> {
  const env = { PATH: process.env['PATH'], LANG: 'C.UTF-8' }
  await run(ffmpeg, ['-loglevel', 'error', '-y', ...args], { env, ...(signal && { signal }) })
}

const canRun = (program: string) =>
  runFfmpeg(program, ['-version']).then(
    () => true,
    () => false,
  )

const exists = (file: string) =>
  fs.access(file).then(
    () => true,
    () => false,
  )
