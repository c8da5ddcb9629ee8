import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { LRUCache } from 'lru-cache'
import { pictureWay } from '../../core/media/picture-way.ts'
import type { ClipPictures } from '../../ports/clip-pictures.ts'
import { stepBack } from './step-back.ts'

const run = promisify(execFile)
const BOX = { width: 320, height: 180 }
/** A still is decoded inside this process: beyond this it gets no picture. */
const LARGEST_STILL_BYTES = 256 * 1024 * 1024
const MOST_PIXELS = 400_000_000
const TIMEOUT_MS = 10_000
const MEMORY_BYTES = 16 * 1024 * 1024
/** About what two screens of rows ask for; older ones are out of sight. */
const MOST_WAITING = 60
/** After each picture as long a rest as it took: uploads come first. */
const LONGEST_REST_MS = 1000

interface Drawing {
  /** Of the file as it is now: another content is another picture. */
  key: string
  file: string
  way: 'still' | 'frame'
  signal: AbortSignal
  done: (picture: Uint8Array | null) => void
}

/**
 * Pictures drawn when somebody looks: stills by libvips, one frame of anything else by ffmpeg, where that is there. One at a
 * time, the newest wish first, as rows are scrolled past faster than films are opened.
 */
export class DrawnClipPictures implements ClipPictures {
  readonly #locate: (clipId: string) => string | null
  readonly #ffmpeg: string
  readonly #known = new LRUCache<string, { picture: Uint8Array | null }>({
    maxSize: MEMORY_BYTES,
    sizeCalculation: ({ picture }) => (picture?.length ?? 0) + 300,
  })
  readonly #waiting: Drawing[] = []
  #isDrawing = false

  /**
   * @param locate the absolute path of the file that stands for a clip; null for a clip that is not known, or not here
   * @param ffmpeg path of ffmpeg, or its name to be found on PATH
   */
  constructor(locate: (clipId: string) => string | null, ffmpeg = 'ffmpeg') {
    this.#locate = locate
    this.#ffmpeg = ffmpeg
  }

  async open(clipId: string, signal: AbortSignal): Promise<Uint8Array | null> {
    const file = this.#locate(clipId)
    const way = file === null ? null : pictureWay(file)
    if (file === null || way === null || !path.isAbsolute(file)) return null
    const facts = await stat(file).catch(() => null)
    if (!facts?.isFile() || facts.size === 0) return null
    if (way === 'still' && facts.size > LARGEST_STILL_BYTES) return null
    const key = `${facts.size} ${facts.mtimeMs} ${file}`
    const known = this.#known.get(key)
    if (known) return known.picture
    return new Promise((done) => {
      this.#waiting.push({ key, file, way, signal, done })
      if (this.#waiting.length > MOST_WAITING) this.#waiting.shift()?.done(null)
      if (!this.#isDrawing) void this.#drawAll()
    })
  }

  async #drawAll(): Promise<void> {
    this.#isDrawing = true
    for (let next = this.#waiting.pop(); next; next = this.#waiting.pop()) {
      const startedMs = performance.now()
      next.done(next.signal.aborted ? null : await this.#draw(next))
      const restMs = Math.min(LONGEST_REST_MS, performance.now() - startedMs)
      await new Promise((resolve) => {
        setTimeout(resolve, restMs).unref()
      })
    }
    this.#isDrawing = false
  }

  async #draw({ key, file, way }: Drawing): Promise<Uint8Array | null> {
    const known = this.#known.get(key)
    if (known) return known.picture
    const picture = await (way === 'still' ? drawStill(file) : drawFrame(this.#ffmpeg, file)).catch(
      () => null,
    )
    this.#known.set(key, { picture })
    return picture
  }
}

async function drawStill(file: string): Promise<Uint8Array> {
  // Loaded with the first still: it is large, and most runs need none.
  const { default: sharp } = await import('sharp')
  return sharp(file, { failOn: 'none', limitInputPixels: MOST_PIXELS })
    .timeout({ seconds: TIMEOUT_MS / 1000 })
    .autoOrient()
    .resize({ ...BOX, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#808080' })
    .jpeg({ quality: 75 })
    .toBuffer()
}

/** A frame near the first second, as many films begin black; of what is shorter, its first. */
async function drawFrame(ffmpeg: string, file: string): Promise<Uint8Array | null> {
  for (const seek of [['-noaccurate_seek', '-ss', '1'], []]) {
    const picture = await runFfmpeg(ffmpeg, seek, file)
    if (picture.length > 0) return picture
  }
  return null
}

async function runFfmpeg(ffmpeg: string, seek: string[], file: string): Promise<Uint8Array> {
  // As for ffprobe: the name is a file's, and playlists may reach nothing but files.
  const input = ['-protocol_whitelist', 'file', ...seek, '-i', `file:${file}`]
  const scale = `scale=${BOX.width}:${BOX.height}:force_original_aspect_ratio=decrease`
  const options = `-map 0:v:0 -frames:v 1 -vf ${scale} -pix_fmt yuvj420p -q:v 5 -f mjpeg`
  const quiet = '-hide_banner -nostdin -loglevel error -threads 1'
  const args = [...quiet.split(' '), ...input, ...options.split(' '), 'pipe:1']
  const running = run(ffmpeg, args, {
    encoding: 'buffer',
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: 4 * 1024 * 1024,
    windowsHide: true,
  })
  stepBack(running.child.pid)
  return (await running).stdout
}
