import { describe, expect, it } from 'vitest'
import type { MediaAddress } from '@main/core/media-address.ts'
import type { ClipPictures } from '@main/ports/clip-pictures.ts'
import type { MediaAnswer, MediaSource } from '@main/ports/media-source.ts'
import { answerMedia } from '@main/shell/media-answers.ts'

const asked: { address: MediaAddress; range: string | null }[] = []
const sourceOf = (answer: MediaAnswer): MediaSource => ({
  open: async (address, range) => {
    asked.push({ address, range })
    return answer
  },
})
const noClips: ClipPictures = { open: async () => null }
const proxy = 'ferry-media://proxy/abc?v=7'

describe('an answer of the media scheme', () => {
  it('passes the range on and the part back', async () => {
    const headers = { 'content-type': 'video/mp4', 'content-range': 'bytes 0-4/10', 'content-length': '5' }
    const source = sourceOf({ status: 206, headers, body: new TextEncoder().encode('12345') })
    const answer = await answerMedia(source, noClips, new Request(proxy, { headers: { range: 'bytes=0-4' } }))
    expect(asked.at(-1)).toEqual({
      address: { kind: 'proxy', assetId: 'abc', version: '7' },
      range: 'bytes=0-4',
    })
    expect(answer.status).toBe(206)
    expect(answer.headers.get('content-range')).toBe('bytes 0-4/10')
    expect(await answer.text()).toBe('12345')
  })

  it.each(['text/html', 'image/svg+xml', 'application/javascript', ''])(
    'shows a page nothing that could run: %s',
    async (type) => {
      const source = sourceOf({ status: 200, headers: { 'content-type': type }, body: new Uint8Array(1) })
      const answer = await answerMedia(source, noClips, new Request(proxy))
      expect(answer.headers.get('content-type')).toBe('application/octet-stream')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    },
  )

  it('keeps headers of a storage to itself', async () => {
    const headers = {
      'content-type': 'image/jpeg',
      'set-cookie': 'a=b',
      'x-amz-id': 'c',
      location: 'https://d',
    }
    const answer = await answerMedia(
      sourceOf({ status: 200, headers, body: null }),
      noClips,
      new Request(proxy),
    )
    expect([...answer.headers.keys()].sort()).toEqual([
      'content-security-policy',
      'content-type',
      'x-content-type-options',
    ])
  })

  it('is 404 for an address that is no asset, without asking', async () => {
    const before = asked.length
    const source = sourceOf({ status: 200, headers: {}, body: null })
    expect((await answerMedia(source, noClips, new Request('ferry-media://proxy/..%2fx'))).status).toBe(404)
    expect((await answerMedia(source, noClips, new Request(proxy, { method: 'POST' }))).status).toBe(404)
    expect(asked).toHaveLength(before)
  })

  it('is an empty 502 when the source fails', async () => {
    const source: MediaSource = { open: () => Promise.reject(new Error('https://storage/?signature=secret')) }
    const answer = await answerMedia(source, noClips, new Request(proxy))
    expect(answer.status).toBe(502)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.text()).toBe('')
  })

  it('is the picture of a clip by its id, or nothing where there is none', async () => {
    const source = sourceOf({ status: 200, headers: {}, body: null })
    const before = asked.length
    const clips: ClipPictures = {
      open: async (clipId) => (clipId === 'plan-1_c0' ? new Uint8Array([255, 216]) : null),
    }
    const picture = await answerMedia(source, clips, new Request('ferry-media://clip/plan-1_c0'))
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    expect((await picture.bytes()).length).toBe(2)
    const none = await answerMedia(source, clips, new Request('ferry-media://clip/another'))
    expect([none.status, none.headers.get('cache-control')]).toEqual([204, 'no-store'])
    expect((await answerMedia(source, clips, new Request('ferry-media://clip/..%2fx'))).status).toBe(404)
    expect(asked).toHaveLength(before)
  })
})
