import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DrawnClipPictures } from '@main/adapters/media/drawn-clip-pictures.ts'
import { makeClip } from '@test/support/make-clips.ts'

let folder: string
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clip-pictures-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const forever = new AbortController().signal
/** Clips by the name of their file. */
const pictures = (ffmpeg?: string) => new DrawnClipPictures((name) => path.join(folder, name), ffmpeg)
const sizeOf = async (picture: Uint8Array | null) => {
  if (!picture) return null
  const { format, width, height } = await sharp(picture).metadata()
  return `${format} ${width}x${height}`
}

describe('a picture of a clip on this machine', () => {
  it('is a frame of a film, however short or hostile its name', async () => {
    const hostile = path.join(folder, "-i 'x' %03d ; שלום.mp4")
    fs.copyFileSync(makeClip(path.join(folder, 'long.mov'), 'video'), hostile)
    const flash = ['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=25:d=0.12', path.join(folder, 'flash.mkv')]
    execFileSync('ffmpeg', ['-loglevel', 'error', ...flash])
    const drawn = pictures()
    expect(await sizeOf(await drawn.open('long.mov', forever))).toBe('jpeg 320x180')
    expect(await sizeOf(await drawn.open(path.basename(hostile), forever))).toBe('jpeg 320x180')
    expect(await sizeOf(await drawn.open('flash.mkv', forever))).toBe('jpeg 320x180')
  })

  it('is a still as it is held, and no larger than it is', async () => {
    const upright = await sharp({ create: { width: 900, height: 300, channels: 3, background: 'red' } })
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer()
    fs.writeFileSync(path.join(folder, 'upright.JPG'), upright)
    const tiny = await sharp({ create: { width: 20, height: 10, channels: 4, background: '#0000' } })
      .png()
      .toBuffer()
    fs.writeFileSync(path.join(folder, 'tiny.png'), tiny)
    const drawn = pictures()
    expect(await sizeOf(await drawn.open('upright.JPG', forever))).toBe('jpeg 60x180')
    expect(await sizeOf(await drawn.open('tiny.png', forever))).toBe('jpeg 20x10')
  })

  it('is none of what cannot be read as one, and of what is no file', async () => {
    fs.writeFileSync(path.join(folder, 'broken.mov'), 'no film')
    fs.writeFileSync(path.join(folder, 'broken.jpg'), 'no still')
    fs.writeFileSync(path.join(folder, 'empty.mov'), '')
    fs.writeFileSync(path.join(folder, 'sound.wav'), 'RIFF')
    fs.writeFileSync(path.join(folder, 'drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    // A playlist under the name of a film must not open what it names.
    fs.writeFileSync(path.join(folder, 'list.mov'), `#EXTM3U\n#EXTINF:1,\nfile:${folder}/long.mov\n`)
    fs.mkdirSync(path.join(folder, 'folder.mov'))
    const drawn = pictures()
    for (const name of [
      'broken.mov',
      'broken.jpg',
      'empty.mov',
      'sound.wav',
      'drawing.svg',
      'list.mov',
      'folder.mov',
      'away.mov',
    ])
      expect([name, await drawn.open(name, forever)]).toEqual([name, null])
    expect(await new DrawnClipPictures(() => null).open('unknown', forever)).toBeNull()
    expect(await new DrawnClipPictures(() => 'not/absolute.jpg').open('relative', forever)).toBeNull()
  })

  it('is none where ffmpeg is missing, but for stills', async () => {
    makeClip(path.join(folder, 'still.jpg'), 'picture')
    makeClip(path.join(folder, 'film.mov'), 'video')
    const drawn = pictures('/there/is/no/ffmpeg')
    expect(await drawn.open('film.mov', forever)).toBeNull()
    expect(await sizeOf(await drawn.open('still.jpg', forever))).toBe('jpeg 320x180')
  })

  it('follows the file, and is drawn once for as long as it stays', async () => {
    const file = path.join(folder, 'changing.png')
    const draw = (width: number) =>
      sharp({ create: { width, height: 10, channels: 3, background: 'blue' } })
        .png()
        .toFile(file)
    await draw(30)
    const drawn = pictures()
    const first = await drawn.open('changing.png', forever)
    expect(await drawn.open('changing.png', forever)).toBe(first)
    await draw(40)
    expect(await sizeOf(await drawn.open('changing.png', forever))).toBe('jpeg 40x10')
  })

  it('comes for the rows in sight, where a list is scrolled past', async () => {
    const still = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'green' } })
      .png()
      .toBuffer()
    const names = Array.from({ length: 200 }, (_, at) => `row ${at}.png`)
    for (const name of names) fs.writeFileSync(path.join(folder, name), still)
    const drawn = pictures()
    const order: number[] = []
    const got = await Promise.all(
      names.map(async (name, at) => {
        const picture = await drawn.open(name, forever)
        if (picture) order.push(at)
        return picture !== null
      }),
    )
    expect(got.slice(-50)).toEqual(Array.from({ length: 50 }, () => true))
    expect(got.filter(Boolean).length).toBeLessThan(70)
    expect(order.indexOf(199)).toBeLessThan(order.indexOf(150))
  })
})
