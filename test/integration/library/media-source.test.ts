import fs from 'node:fs'
import type { AccountId } from '@contract/ids.ts'
import { CachedMediaSource } from '@main/adapters/media/cached-media-source.ts'
import { createNetwork } from '@main/adapters/node/network.ts'
import type { MediaKind } from '@main/core/media-address.ts'
import type { MediaAnswer } from '@main/ports/media-source.ts'
import { createAsset, libraryWorld, type LibraryWorld } from '@test/support/library-world.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

const signal = new AbortController().signal
const bytesOf = async ({ body }: MediaAnswer) =>
  Buffer.from(await new Response(body as BodyInit | null).arrayBuffer())
/** Bytes that tell at each place where they are from. */
const pattern = (length: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 10)) & 255))

async function upload(
  world: LibraryWorld,
  assetId: string,
  kind: 'keyframes' | 'proxies',
  body: Record<string, unknown>,
  bytes: Buffer,
): Promise<string> {
  const row = await world.call('POST', `/files/v1/assets/${assetId}/${kind}/`, {
    name: 'preview.jpg',
    filename: 'preview.jpg',
    ...body,
  })
  const put = await fetch(String(row['upload_url']), {
    method: 'PUT',
    body: new Uint8Array(bytes),
    headers: { 'Content-Type': kind === 'proxies' ? 'video/mp4' : 'image/jpeg' },
  })
  if (!put.ok) throw new Error(`upload: ${put.status} ${await put.text()}`)
  await world.call('PATCH', `/files/v1/assets/${assetId}/${kind}/${String(row['id'])}/`, { status: 'CLOSED' })
  return String(row['id'])
}

async function mediaWorld(limitBytes = 1e9) {
  const world = await libraryWorld()
  world.signIn()
  const network = createNetwork({ env: {} })
  onTestFinished(() => network.close())
  const folder = await tempFolder()
  const make = () =>
    new CachedMediaSource({ session: world.session, network, folder, limitBytes: () => limitBytes })
  const source = make()
  const open = (
    kind: MediaKind,
    assetId: string,
    version: string | null,
    range: string | null = null,
    from = source,
  ) => from.open({ kind, assetId, version }, range, signal)
  return { world, make, open, folder }
}

describe('pictures and proxies', () => {
  it('shows a poster from the server, then from disk without one', async () => {
    const { world, make, open } = await mediaWorld()
    const id = await createAsset(world, 'a')
    const bytes = pattern(5000)
    const poster = await upload(world, id, 'keyframes', { type: 'POSTER' }, bytes)
    const shown = await open('poster', id, poster)
    expect(shown).toMatchObject({ status: 200, headers: { 'content-length': '5000' } })
    expect((await bytesOf(shown)).equals(bytes)).toBe(true)
    expect(await open('keyframes', id, null)).toMatchObject({ status: 404 })
    await world.goOffline()
    const again = await open('poster', id, poster, null, make())
    expect((await bytesOf(again)).equals(bytes)).toBe(true)
    await expect(open('poster', id, 'another', null, make())).rejects.toMatchObject({
      code: 'network.offline',
    })
  })

  it('forgets the pictures of one account and leaves those of others', async () => {
    const { world, make, open, folder } = await mediaWorld()
    const id = await createAsset(world, 'a')
    const poster = await upload(world, id, 'keyframes', { type: 'POSTER' }, pattern(5000))
    const source = make()
    await open('poster', id, poster, null, source)
    const kept = () =>
      fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(kept()).toHaveLength(1)
    await source.forget('somebody else' as AccountId)
    expect(kept()).toHaveLength(1)
    await source.forget(world.session.accountId()!)
    expect(kept()).toHaveLength(0)
    await world.goOffline()
    await expect(open('poster', id, poster, null, source)).rejects.toMatchObject({ code: 'network.offline' })
  })

  it('asks once for the addresses of many pictures', async () => {
    const { world, open } = await mediaWorld()
    const ids: [string, string][] = []
    for (let number = 0; number < 8; number += 1) {
      const id = await createAsset(world, `a${number}`)
      ids.push([id, await upload(world, id, 'keyframes', { type: 'POSTER' }, pattern(100))])
    }
    const before = world.session.require().api.callCounts()
    await Promise.all(ids.map(([id, poster]) => open('poster', id, poster)))
    const after = world.session.require().api.callCounts()
    const calls = Object.entries(after)
      .filter(([path]) => path.includes('/files/'))
      .reduce((sum, [path, count]) => sum + count - (before[path] ?? 0), 0)
    expect(calls).toBe(0)
  })

  it('fetches no picture that was scrolled past before its turn came', async () => {
    const { world } = await mediaWorld()
    const ids: [string, string][] = []
    for (let number = 0; number < 30; number += 1) {
      const id = await createAsset(world, `a${number}`)
      ids.push([id, await upload(world, id, 'keyframes', { type: 'POSTER' }, pattern(100))])
    }
    const network = createNetwork({ env: {} })
    onTestFinished(() => network.close())
    let letThrough = () => {}
    const line = new Promise<void>((resolve) => (letThrough = resolve))
    let fetched = 0
    const source = new CachedMediaSource({
      session: world.session,
      network: {
        ...network,
        dispatcherFor: async (url) => {
          fetched += 1
          await line
          return network.dispatcherFor(url)
        },
      },
      folder: await tempFolder(),
      limitBytes: () => 1e9,
    })
    const passed = new AbortController()
    const open = ([assetId, version]: [string, string], until: AbortSignal) =>
      source.open({ kind: 'poster', assetId, version }, null, until)
    const first = ids.slice(0, 8).map((picture) => open(picture, signal))
    await vi.waitFor(() => expect(fetched).toBe(8), { timeout: 10_000 })
    const scrolledPast = ids.slice(8).map((picture) => open(picture, passed.signal).catch(() => 'left'))
    const again = open(ids[29] as [string, string], signal)
    await new Promise((resolve) => setTimeout(resolve, 300))
    passed.abort()
    expect(new Set(await Promise.all(scrolledPast))).toEqual(new Set(['left']))
    letThrough()
    expect(await again).toMatchObject({ status: 200 })
    expect(await Promise.all(first)).toHaveLength(8)
    expect(fetched).toBe(9)
  })

  it('plays any part of a proxy, over the edges of its pieces', async () => {
    const { world, make, open } = await mediaWorld()
    const id = await createAsset(world, 'a')
    const bytes = pattern(2_500_000)
    const proxy = await upload(world, id, 'proxies', {}, bytes)
    const whole = await open('proxy', id, proxy)
    expect(whole).toMatchObject({ status: 200, headers: { 'content-length': '2500000' } })
    expect((await bytesOf(whole)).equals(bytes)).toBe(true)
    const part = await open('proxy', id, proxy, 'bytes=1048000-2097999')
    expect(part).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 1048000-2097999/2500000' } })
    expect((await bytesOf(part)).equals(bytes.subarray(1_048_000, 2_098_000))).toBe(true)
    expect(await open('proxy', id, proxy, 'bytes=2500000-')).toMatchObject({ status: 416 })
    await world.goOffline()
    const end = await open('proxy', id, proxy, 'bytes=-10', make())
    expect((await bytesOf(end)).equals(bytes.subarray(-10))).toBe(true)
  })

  it('stays below its limit, dropping what was not used for longest', async () => {
    const { world, make, open } = await mediaWorld(25_000)
    const posters: [string, string][] = []
    for (let number = 0; number < 4; number += 1) {
      const id = await createAsset(world, `a${number}`)
      posters.push([id, await upload(world, id, 'keyframes', { type: 'POSTER' }, pattern(10_000))])
      await open('poster', ...(posters.at(-1) as [string, string]))
    }
    await world.goOffline()
    const [oldest, newest] = [posters[0] as [string, string], posters[3] as [string, string]]
    expect(await open('poster', ...newest, null, make())).toMatchObject({ status: 200 })
    await expect(open('poster', ...oldest, null, make())).rejects.toMatchObject({ code: 'network.offline' })
  })

  it('puts addresses of its pictures into the rows of the mirror', async () => {
    const { world } = await mediaWorld()
    const id = await createAsset(world, 'a')
    const poster = await upload(world, id, 'keyframes', { type: 'POSTER' }, pattern(100))
    const tiles = { type: 'KEYFRAME_MAP', time_code: { frames_number: 12, is_drop_frame: false } }
    const map = await upload(world, id, 'keyframes', tiles, pattern(100))
    await vi.waitFor(
      async () =>
        expect(await world.assets.get(id)).toMatchObject({
          posterUrl: `ferry-media://poster/${id}?v=${poster}`,
          keyframeMap: { url: `ferry-media://keyframes/${id}?v=${map}`, columns: 12, rows: 1, count: 12 },
        }),
      { timeout: 20_000, interval: 100 },
    )
  })
})
