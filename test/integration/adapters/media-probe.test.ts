import { execFileSync, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createMediaProbe } from '@main/adapters/media/media-probe.ts'
import { silentLogger } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0
const withFfprobe = createMediaProbe({ ffprobePath: () => null, logger: silentLogger })
/** A path where there is none: the probe falls back to MediaInfo. */
const withMediaInfo = createMediaProbe({ ffprobePath: () => '/nowhere/ffprobe', logger: silentLogger })

async function clip(): Promise<string> {
  const file = path.join(await tempFolder(), '-a clip; $(of) %03d.mov')
  const sources = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=320x180:rate=25:duration=2',
    '-f',
    'lavfi',
    '-i',
    'sine=duration=2',
  ]
  const codecs = ['-c:v', 'mpeg4', '-c:a', 'pcm_s16le', '-timecode', '01:00:00:00']
  execFileSync('ffmpeg', ['-v', 'error', ...sources, ...codecs, `file:${file}`])
  return file
}

describe.each([
  ['ffprobe', withFfprobe],
  ['MediaInfo', withMediaInfo],
] as const)('media probe with %s', (_name, probe) => {
  it.skipIf(!hasFfmpeg)('describes picture and sound of a clip by iconik keys, as strings', async () => {
    const { components, format } = await probe.probe(await clip())
    const video = components.find(({ type }) => type === 'VIDEO')?.metadata
    const audio = components.find(({ type }) => type === 'AUDIO')?.metadata
    expect(video).toMatchObject({ width: '320', height: '180', framerate: '25.000', framecount: '50' })
    expect(video).toMatchObject({ format: 'MPEG-4 Visual', duration: '2.000', chromasubsampling: '4:2:0' })
    expect(audio).toMatchObject({ format: 'PCM', channels: '1', samplingrate: '44100' })
    expect(format).toMatchObject({ internet_media_type: 'video/quicktime', frame_rate: '25.000' })
    for (const { metadata } of components)
      for (const value of Object.values(metadata)) expect(value).toMatch(/\S/)
  })

  it('finds no components in what is no media, whatever its name says', async () => {
    const folder = await tempFolder()
    const lie = path.join(folder, 'lie.mov')
    await writeFile(lie, 'not a movie')
    expect((await probe.probe(lie)).components).toEqual([])
    const empty = path.join(folder, 'empty.wav')
    await writeFile(empty, '')
    expect((await probe.probe(empty)).components).toEqual([])
  })
})

describe('media probe', () => {
  it('reads EXIF of a picture for tokens and components', async () => {
    const file = path.join(await tempFolder(), 'photo.jpg')
    const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
    await picture
      .withExif({ IFD0: { Model: 'Test Camera', Make: 'Ferry' } })
      .jpeg()
      .toFile(file)
    const { components, embedded } = await withFfprobe.probe(file)
    expect(embedded).toMatchObject({ 'exif.Model': 'Test Camera', 'exif.Make': 'Ferry' })
    expect(components.find(({ type }) => type === 'EXIF')?.metadata).toMatchObject({ Model: 'Test Camera' })
    expect(components.find(({ type }) => type === 'IMAGE')?.metadata).toMatchObject({
      width: '40',
      height: '30',
    })
  })

  it('names a file that is missing', async () => {
    await expect(withFfprobe.probe('/nowhere/clip.mov')).rejects.toMatchObject({ code: 'file.missing' })
  })
})
