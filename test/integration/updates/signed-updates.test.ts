import { generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHttpFileDownload } from '@main/adapters/node/http-file-download.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import { createSignedUpdateFeed } from '@main/adapters/node/signed-update-feed.ts'
import { systemClock } from '@main/adapters/node/system-clock.ts'
import { Updates } from '@main/services/updates/updates.ts'
import { silentLogger } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

interface SignUpdate {
  signUpdate(options: { version: string; baseUrl: string; folder: string; privateKey: unknown }): {
    manifest: string
    signature: string
  }
  makeKey(file: string): string
}
const signing = (await import(
  pathToFileURL(path.join(import.meta.dirname, '../../../tools/package/sign-update.mjs')).href
)) as SignUpdate

const PACKAGE = 'Ferry-0.2.0.AppImage'
const content = Buffer.alloc(200_000, 'a newer ferry')

type Answers = Record<string, { status?: number; body?: string | Buffer; location?: string }>

/** A feed on this machine, as the makers would publish it, and an app that looks there. */
async function feedWorld(version = '0.2.0') {
  const folder = await tempFolder()
  const dist = path.join(folder, 'dist')
  fs.mkdirSync(dist)
  fs.writeFileSync(path.join(dist, PACKAGE), content)
  const keyFile = path.join(folder, 'key.pem')
  const publicKey = signing.makeKey(keyFile)
  const answers: Answers = {}
  const server = http.createServer((request, response) => {
    const { status = 200, body = '', location } = answers[request.url ?? ''] ?? { status: 404 }
    response.writeHead(status, {
      'content-length': Buffer.byteLength(body),
      ...(location ? { location } : {}),
    })
    response.end(body)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const network = createNetwork({ env: {} })
  onTestFinished(async () => {
    server.close()
    await network.close()
  })
  const privateKey = fs.readFileSync(keyFile, 'utf8')
  const signed = signing.signUpdate({ version, baseUrl, folder: dist, privateKey })
  answers['/ferry-update.json'] = { body: signed.manifest }
  answers['/ferry-update.json.sig'] = { body: signed.signature }
  answers[`/${PACKAGE}`] = { body: content }
  const kept = path.join(folder, 'updates')
  const revealed: string[] = []
  const openWith = (key: string) =>
    new Updates({
      feed: createSignedUpdateFeed(
        { network, download: createHttpFileDownload(network), folder: kept },
        { url: `${baseUrl}ferry-update.json`, publicKey: key },
      ),
      running: { version: '0.1.0', platform: 'linux', arch: 'x64' },
      mayLook: () => true,
      reveal: (file) => revealed.push(file),
      clock: systemClock,
      logger: silentLogger,
    })
  const keptFiles = () => (fs.existsSync(kept) ? fs.readdirSync(kept) : [])
  return { answers, updates: openWith(publicKey), openWith, keptFiles, revealed, privateKey, dist, baseUrl }
}

const refusal = (message: RegExp) => ({
  code: 'update.refused',
  message: expect.stringMatching(message) as string,
})

describe('a newer version of Ferry', () => {
  it('that its makers signed is offered, fetched, checked and shown', async () => {
    const { updates, keptFiles, revealed } = await feedWorld()
    expect(await updates.check()).toMatchObject({ state: 'available', version: '0.2.0', problem: null })
    expect(await updates.download()).toMatchObject({ state: 'ready', problem: null })
    expect(keptFiles()).toEqual([PACKAGE])
    await updates.reveal()
    expect(revealed).toEqual([expect.stringContaining(PACKAGE)])
  })

  it('is refused when it was changed after it was fetched', async () => {
    const { updates, revealed } = await feedWorld()
    await updates.check()
    await updates.download()
    const view = updates.view()
    expect(view.state).toBe('ready')
    await updates.reveal()
    fs.appendFileSync(revealed[0] ?? '', 'x')
    await expect(updates.reveal()).rejects.toMatchObject({ code: 'update.refused' })
    expect(updates.view().state).toBe('available')
  })

  it.each<[string, (answers: Answers) => void, RegExp]>([
    ['a list without a signature', (answers) => delete answers['/ferry-update.json.sig'], /not signed/],
    ['an empty signature', (answers) => (answers['/ferry-update.json.sig'] = { body: '' }), /not signed by/],
    [
      'a signature that is none',
      (answers) => (answers['/ferry-update.json.sig'] = { body: 'bm90IGEgc2lnbmF0dXJl' }),
      /not signed by/,
    ],
    [
      'a list that was changed after it was signed',
      (answers) => {
        const list = answers['/ferry-update.json']
        if (list) list.body = String(list.body).replace('0.2.0"', '0.3.0"')
      },
      /changed afterwards/,
    ],
    [
      'a list without end',
      (answers) => (answers['/ferry-update.json'] = { body: ' '.repeat(100_000) }),
      /longer than/,
    ],
  ])('is not offered for %s', async (_what, spoil, message) => {
    const { updates, answers } = await feedWorld()
    spoil(answers)
    expect(await updates.check()).toMatchObject({ state: 'idle', version: null, problem: refusal(message) })
    expect(await updates.download()).toMatchObject({ state: 'idle' })
    await expect(updates.reveal()).rejects.toMatchObject({ code: 'file.missing' })
  })

  it('is not offered when somebody else signed it, or the build has no key', async () => {
    const { openWith } = await feedWorld()
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' })
    expect(await openWith(other.toString('base64')).check()).toMatchObject({
      problem: refusal(/not signed by/),
    })
    for (const key of ['', 'nonsense'])
      expect(await openWith(key).check()).toMatchObject({ problem: refusal(/no usable key/) })
  })

  it('is not offered when it is an older or the same one, whoever signed it', async () => {
    for (const version of ['0.0.9', '0.1.0']) {
      const { updates } = await feedWorld(version)
      expect(await updates.check()).toMatchObject({ state: 'current', version: null, problem: null })
    }
  })

  it.each([
    ['other bytes of the same length', Buffer.alloc(content.length, 'b'), /not the file/],
    ['more bytes', Buffer.concat([content, content]), /another size|larger/],
    ['fewer bytes', content.subarray(1), /another size/],
  ])('is refused, and nothing of it kept, when the package has %s', async (_what, body, message) => {
    const { updates, answers, keptFiles } = await feedWorld()
    await updates.check()
    answers[`/${PACKAGE}`] = { body }
    expect(await updates.download()).toMatchObject({ state: 'available', problem: refusal(message) })
    expect(keptFiles()).toEqual([])
  })

  it('is not looked for where a redirect leads', async () => {
    const { updates, answers } = await feedWorld()
    answers['/elsewhere.json'] = { ...answers['/ferry-update.json'] }
    answers['/ferry-update.json'] = { status: 302, location: '/elsewhere.json' }
    expect(await updates.check()).toMatchObject({ state: 'idle', problem: { code: 'api.failed' } })
  })

  it('is looked for nowhere by a build without a feed', async () => {
    const updates = new Updates({
      feed: null,
      running: { version: '0.1.0', platform: 'linux', arch: 'x64' },
      mayLook: () => true,
      reveal: () => expect.unreachable(),
      clock: systemClock,
      logger: silentLogger,
    })
    expect(await updates.check()).toMatchObject({ state: 'off', version: null })
  })
})
