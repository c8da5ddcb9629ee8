import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openWorkspace, type Json } from './client.ts'

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0

function makeMedia(name: string, args: string[]): Buffer {
  const folder = mkdtempSync('/tmp/ferry-media-')
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...args, join(folder, name)])
  return readFileSync(join(folder, name))
}

async function upload(opened: Awaited<ReturnType<typeof openWorkspace>>, name: string, bytes: Buffer) {
  const { asset, file, path, format } = await opened.openFile(bytes.length, name)
  await fetch(file.upload_url, { method: 'PUT', body: bytes as Buffer<ArrayBuffer> })
  await opened.must('PATCH', path, { status: 'CLOSED' })
  const { job_id: jobId } = await opened.must('POST', `${path}keyframes/`)
  await expect
    .poll(async () => (await opened.must('GET', `jobs/v1/jobs/${jobId}/`)).status, {
      timeout: 40_000,
      interval: 200,
    })
    .not.toMatch(/READY|STARTED/)
  const job = await opened.must('GET', `jobs/v1/jobs/${jobId}/`)
  const list = async (kind: string): Promise<Json[]> =>
    (await opened.must('GET', `files/v1/assets/${asset.id}/${kind}/`)).objects
  return {
    asset,
    job,
    proxies: await list('proxies'),
    keyframes: await list('keyframes'),
    format: await opened.must('GET', `files/v1/assets/${asset.id}/formats/${format.id}/`),
  }
}

const read = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer())

describe.skipIf(!hasFfmpeg)('previews of a clip', () => {
  it('are a proxy that plays while it loads, a poster, a map of keyframes and the technical facts', async () => {
    const opened = await openWorkspace({ previews: true })
    const clip = makeMedia('a.mov', [
      '-f',
      'lavfi',
      '-i',
      'testsrc2=d=4:s=320x180:r=25',
      '-f',
      'lavfi',
      '-i',
      'sine=d=4',
      '-c:v',
      'libx264',
      '-c:a',
      'aac',
    ])
    const { job, proxies, keyframes, format } = await upload(opened, 'a.mov', clip)
    expect([job.status, job.progress, job.has_children]).toEqual(['FINISHED', 100, true])
    const proxy = await read(proxies[0]?.url)
    expect(proxy.indexOf('moov')).toBeLessThan(proxy.indexOf('mdat'))
    expect(proxies[0]?.resolution).toEqual({ width: 320, height: 180 })
    const poster = keyframes.find((row) => row.type === 'POSTER')
    expect((await sharp(await read(poster?.url)).metadata()).width).toBe(320)
    const map = keyframes.find((row) => row.type === 'KEYFRAME_MAP')
    const size = await sharp(await read(map?.url)).metadata()
    expect([size.width, size.height]).toEqual([
      map?.resolution.width * map?.time_code.frames_number,
      map?.resolution.height,
    ])
    const video = format.components.find((component: Json) => component.type === 'VIDEO')
    expect(video.metadata).toMatchObject({ width: '320', height: '180', framerate: '25.000' })
  })

  it('of a sound are its waveform and a proxy', async () => {
    const { job, proxies, keyframes } = await upload(
      await openWorkspace({ previews: true }),
      'a.wav',
      makeMedia('a.wav', ['-f', 'lavfi', '-i', 'sine=d=2']),
    )
    expect([job.status, proxies[0]?.codec, keyframes.map((row) => row.type)]).toEqual([
      'FINISHED',
      'aac',
      ['POSTER'],
    ])
  })
})

it('of a file that is no picture after all fail with a reason, and the file stays', async () => {
  const opened = await openWorkspace({ previews: true })
  const { job, asset } = await upload(opened, 'broken.mov', Buffer.from('not a movie'))
  expect([job.status, job.error_message !== '']).toEqual(['FAILED', true])
  expect((await opened.must('GET', `assets/v1/assets/${asset.id}/`)).is_online).toBe(true)
})

it('of a photo need no ffmpeg, and are skipped where they are switched off', async () => {
  const photo = await sharp({ create: { width: 3000, height: 2000, channels: 3, background: '#446688' } })
    .jpeg()
    .toBuffer()
  const on = await upload(
    await openWorkspace({ previews: true, ffmpegPath: '/missing/ffmpeg', ffprobePath: '/missing/ffprobe' }),
    'a.jpg',
    photo,
  )
  expect([on.job.status, on.proxies[0]?.resolution]).toEqual(['FINISHED', { width: 2048, height: 1365 }])
  const off = await upload(await openWorkspace({ previews: false }), 'a.jpg', photo)
  expect([off.job.status, off.proxies]).toEqual(['SKIPPED', []])
})
