import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

const recipes = {
  video:
    '-f lavfi -i testsrc2=s=640x360:r=25:d=8 -f lavfi -i sine=f=440:d=8 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a aac -shortest',
  audio: '-f lavfi -i sine=f=220:d=3 -c:a pcm_s16le',
  picture: '-f lavfi -i mandelbrot=s=1280x720:r=1 -frames:v 1 -q:v 3',
} as const
export type ClipKind = keyof typeof recipes

/** Makes a real clip with ffmpeg at `file`, whose extension decides the container. @returns `file` */
export function makeClip(file: string, kind: ClipKind): string {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  execFileSync('ffmpeg', ['-loglevel', 'error', ...recipes[kind].split(' '), file])
  // A clip is taken at once when nobody has written to it for a while.
  const longAgo = new Date(Date.now() - 3_600_000)
  fs.utimesSync(file, longAgo, longAgo)
  return file
}

/** Whether clips can be made on this machine. */
export function canMakeClips(): boolean {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
