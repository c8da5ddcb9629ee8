import { expect, it } from 'vitest'
import { openWorkspace } from './client.ts'

const put = (url: string, body = 'bytes') => fetch(url, { method: 'PUT', body })
const withRule = (rule: Record<string, unknown>) =>
  openWorkspace({ faults: { rules: [{ times: 1, ...rule }] } })
const token = 'auth/v1/auth/token/'

it('drop-before cuts before the effect and drop-after behind it, on calls and on storage addresses', async () => {
  for (const [action, isThere] of [
    ['drop-before', false],
    ['drop-after', true],
  ] as const) {
    const { call, must, openFile } = await openWorkspace({
      faults: {
        rules: [
          { match: 'POST */collections/', action, times: 1 },
          { match: 'PUT /_storage/*', action, times: 1 },
        ],
      },
    })
    await expect(call('POST', 'assets/v1/collections/', { title: 'c' })).rejects.toThrow('fetch failed')
    expect((await must('GET', 'assets/v1/collections/'))['total']).toBe(isThere ? 1 : 0)
    const { file, path } = await openFile(5)
    await expect(put(file.upload_url)).rejects.toThrow('fetch failed')
    expect((await call('PATCH', path, { status: 'CLOSED' })).status).toBe(isThere ? 200 : 400)
  }
})

it('status answers what it is told, with Retry-After, on calls and on storage addresses', async () => {
  const { call, openFile } = await openWorkspace({
    faults: {
      rules: [
        { match: 'GET */token/', action: 'status', status: 429, retryAfterS: 7, times: 1 },
        { match: 'PUT /_storage/*', action: 'status', status: 503, times: 1 },
      ],
    },
  })
  const refused = await call('GET', token)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7'])
  expect((await call('GET', token)).status).toBe(200)
  const { file } = await openFile(5)
  expect([(await put(file.upload_url)).status, (await put(file.upload_url)).status]).toEqual([503, 200])
})

it('delay holds a call back for its time', async () => {
  const { call } = await withRule({ match: 'GET */token/', action: 'delay', ms: 300 })
  const began = performance.now()
  await call('GET', token)
  expect(performance.now() - began).toBeGreaterThanOrEqual(290)
})

it('truncate ends an answer in the middle, on calls and on storage addresses', async () => {
  const { call } = await withRule({ match: 'GET */token/', action: 'truncate' })
  await expect(call('GET', token)).rejects.toThrow('terminated')
  const { openFile, must } = await withRule({ match: 'GET /_storage/*', action: 'truncate' })
  const { file, path } = await openFile(5)
  await put(file.upload_url)
  await must('PATCH', path, { status: 'CLOSED' })
  const { url } = await must('GET', `${path}download_url/`)
  await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow('terminated')
  expect(await (await fetch(url)).text()).toBe('bytes')
})

it('expire makes a token invalid for a call, and a signed address too', async () => {
  const { call } = await withRule({ match: 'GET */token/', action: 'expire' })
  expect([(await call('GET', token)).status, (await call('GET', token)).status]).toEqual([401, 200])
  const { openFile } = await withRule({ match: 'PUT /_storage/*', action: 'expire' })
  const { file } = await openFile(5)
  expect([(await put(file.upload_url)).status, (await put(file.upload_url)).status]).toEqual([403, 200])
})

it('lose-session forgets a multipart upload', async () => {
  const { openFile, must } = await withRule({ match: 'PUT /_storage/*', action: 'lose-session' })
  const { file, path } = await openFile(5)
  const initiated = await (await fetch(file.multipart_upload_url, { method: 'POST' })).text()
  const uploadId = /<UploadId>(.+)<\/UploadId>/.exec(initiated)?.[1] ?? ''
  const { objects } = await must('GET', `${path}multipart_url/part/?upload_id=${uploadId}&parts_num=1`)
  expect((await put(objects[0].url)).status).toBe(404)
})

it('short-write keeps half of the bytes and says nothing; closing finds it', async () => {
  const { openFile, call } = await withRule({ match: 'PUT /_storage/*', action: 'short-write' })
  const { file, path } = await openFile(6)
  expect((await put(file.upload_url, 'sixsix')).status).toBe(200)
  const refused = await call('PATCH', path, { status: 'CLOSED' })
  expect([refused.status, refused.body['errors'].status]).toEqual([400, '3 bytes have arrived; size says 6'])
})

it('wrong-etag lies about what was stored', async () => {
  const { openFile } = await withRule({ match: 'PUT /_storage/*', action: 'wrong-etag' })
  const { file } = await openFile(5)
  const [lie, truth] = [await put(file.upload_url), await put(file.upload_url)].map((answer) =>
    answer.headers.get('etag'),
  )
  expect(truth).toBe('"4b3a6218bb3e3a7303e8a171a60fcf92"')
  expect(lie).not.toBe(truth)
})
