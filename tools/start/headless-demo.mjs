// The main job without a window: a local workspace is started, a few clips are made and uploaded by the `ferry`
// command, and the assets that came of them are printed.
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { helperEnvironment } from './build.mjs'
import { projectRoot } from './node-version.mjs'
import { findProgram } from './system-packages.mjs'

const ferry = path.join(projectRoot, 'bin/ferry.mjs')
const readyTimeoutMs = 60_000

const recipes = {
  'A001 harbour at dawn.mp4':
    '-f lavfi -i testsrc2=s=640x360:r=25:d=6 -f lavfi -i sine=f=440:d=6 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -shortest',
  'A002 colour bars.mov': '-f lavfi -i smptehdbars=s=1280x720:r=25:d=2 -c:v mjpeg -q:v 4',
  'wild track.wav': '-f lavfi -i sine=f=220:d=4 -c:a pcm_s16le',
  'still.jpg': '-f lavfi -i mandelbrot=s=1280x720:r=1 -frames:v 1 -q:v 3',
}

/** A second of silence, 8 bit mono, as RIFF WAVE: a clip that needs no program. */
function silentWave() {
  const sampleCount = 8000
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + sampleCount, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(sampleCount, 24)
  header.writeUInt32LE(sampleCount, 28)
  header.writeUInt16LE(1, 32)
  header.writeUInt16LE(8, 34)
  header.write('data', 36)
  header.writeUInt32LE(sampleCount, 40)
  return Buffer.concat([header, Buffer.alloc(sampleCount, 128)])
}

function makeClips(folder) {
  const ffmpeg = findProgram('ffmpeg')
  if (!ffmpeg) {
    console.error('There is no ffmpeg, so the clip is a second of silence.')
    fs.writeFileSync(path.join(folder, 'silence.wav'), silentWave())
    return
  }
  for (const [name, recipe] of Object.entries(recipes)) {
    const args = ['-loglevel', 'error', ...recipe.split(' '), path.join(folder, name)]
    spawnSync(ffmpeg, args, { stdio: ['ignore', 2, 2], env: helperEnvironment() })
  }
}

function startWorkspace(dataFolder) {
  const child = spawn(process.execPath, [ferry, 'workspace', 'serve', '--data', dataFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => {
    child.on('exit', resolve)
  })
  const ready = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the workspace did not start in time')), readyTimeoutMs)
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer)
      resolve(JSON.parse(line))
    })
    void ended.then(() => reject(new Error('the workspace ended before it was ready')))
  })
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  return { ready, stop }
}

function upload(clips, stateFolder, { url, appId, authToken }) {
  const env = { ...process.env, FERRY_URL: url, FERRY_APP_ID: appId, FERRY_AUTH_TOKEN: authToken }
  const args = [ferry, 'upload', clips, '--state', stateFolder, '--wait-previews']
  const child = spawn(process.execPath, args, { stdio: 'inherit', env })
  // Interrupted, the upload ends first; then what was made here is removed.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill('SIGTERM'))
  return new Promise((resolve) => {
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

async function printAssets({ url, appId, authToken }) {
  const headers = { 'App-ID': appId, 'Auth-Token': authToken }
  const answer = await fetch(new URL('/API/assets/v1/assets/?per_page=50', url), { headers })
  if (!answer.ok) throw new Error(`the workspace answered ${answer.status}`)
  const { objects } = await answer.json()
  console.log(`\n${objects.length} ${objects.length === 1 ? 'asset' : 'assets'} in the workspace:`)
  for (const { id, title, date_created: created } of objects) console.log(`  ${id}  ${created}  ${title}`)
}

/** @returns {Promise<number>} exit status of the upload */
export async function runHeadlessDemo() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferry-demo-'))
  const clips = path.join(folder, 'clips')
  fs.mkdirSync(clips)
  const workspace = startWorkspace(path.join(folder, 'workspace'))
  try {
    makeClips(clips)
    const account = await workspace.ready
    console.log(
      `A local workspace runs at ${account.url}; uploading ${fs.readdirSync(clips).length} clips from ${clips}.\n`,
    )
    const status = await upload(clips, path.join(folder, 'state'), account)
    await printAssets(account)
    return status
  } catch (error) {
    console.error(`The demonstration could not be run: ${error.message}.`)
    return 1
  } finally {
    await workspace.stop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
