import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { createDrawnSampleClips } from '@main/adapters/media/drawn-sample-clips.ts'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../support/temp-folder.ts'

describe('the sample clips', () => {
  it('are ten, play as what their names say, and are made only once', async () => {
    const folder = await tempFolder()
    const samples = createDrawnSampleClips(() => '')
    const files = await samples.make(folder)
    expect(files).toHaveLength(10)
    const streams = files.map((file) => {
      const args = ['-v', 'error', '-show_entries', 'stream=codec_type,codec_name', '-of', 'csv=p=0', file]
      return `${path.extname(file)} ${execFileSync('ffprobe', args, { encoding: 'utf8' }).trim().split('\n')[0]}`
    })
    expect(new Set(streams)).toEqual(
      new Set(['.mov h264,video', '.mp4 h264,video', '.jpg mjpeg,video', '.wav pcm_s16le,audio']),
    )
    const before = files.map((file) => fs.statSync(file).mtimeMs)
    await samples.make(folder)
    expect(files.map((file) => fs.statSync(file).mtimeMs)).toEqual(before)
    expect(fs.readdirSync(folder)).toHaveLength(10)
  }, 120_000)

  it('are stills where there is no ffmpeg', async () => {
    const files = await createDrawnSampleClips(() => '/nowhere/ffmpeg').make(await tempFolder())
    expect(files.every((file) => file.endsWith('.jpg') && fs.statSync(file).size > 0)).toBe(true)
    expect(new Set(files).size).toBe(10)
  })
})
