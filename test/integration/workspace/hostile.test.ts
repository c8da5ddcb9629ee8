import { connect } from 'node:net'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { operations } from '@main/workspace/routes/index.ts'
import { callsTo, openWorkspace } from './client.ts'

/** Sends bytes as they are and gives the status of the answer, or 0 where the connection was just closed. */
function raw(url: string, bytes: string): Promise<number> {
  const { port } = new URL(url)
  return new Promise((done) => {
    let answer = ''
    const socket = connect(Number(port), '127.0.0.1', () => socket.end(bytes))
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
    socket.on('error', () => done(0))
    socket.on('close', () => done(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)))
    socket.setTimeout(3000, () => socket.destroy())
  })
}

it('answers any JSON at any operation with something below 500 or 501, and lives', async () => {
  const { workspace, must } = await openWorkspace()
  const { call } = callsTo(workspace)
  const writing = operations.filter(
    (operation) =>
      operation.method !== 'GET' &&
      !operation.path.startsWith('/v1/auth/token') &&
      !operation.path.startsWith('/v1/auth/simple'),
  )
  const value = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constant('{"title":null}'),
    fc.constant(`{"ids":${'['.repeat(2000)}`),
    fc.constant('{"__proto__":{"x":1},"title":"\u0000"}'),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...writing),
      value,
      fc.string({ minLength: 1 }),
      async (operation, body, part) => {
        const path = `${operation.service}${operation.path}`.replace(/\{\w+\}/g, () =>
          encodeURIComponent(part),
        )
        const { status } = await call(operation.method, path, body)
        return status < 500 || status === 501
      },
    ),
    { numRuns: 400 },
  )
  expect((await must('GET', 'auth/v1/auth/token/')).app_id).toBe(workspace.appId)
})

it('answers malformed requests, climbing paths and broken XML with 4xx', async () => {
  const { workspace, openFile, must } = await openWorkspace()
  for (const request of [
    'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    'rubbish\r\n\r\n',
    'GET http://[ HTTP/1.1\r\n\r\n',
    `POST /API/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n`,
  ]) {
    const status = await raw(workspace.url, request)
    expect(status === 0 || (status >= 400 && status < 500)).toBe(true)
  }
  for (const path of [
    '/_storage/s3/../../etc/passwd',
    '/_storage/s3/%2e%2e/x',
    `/_storage/s3/${workspace.storageId}/..%2f..%2fetc%2fpasswd`,
    '/_storage/nope/x',
    '/_inspect',
    '/_faults',
  ])
    expect((await fetch(`${workspace.url}${path}`)).status).toBeGreaterThanOrEqual(400)
  const { file, path } = await openFile(5)
  const initiated = await (await fetch(file.multipart_upload_url, { method: 'POST' })).text()
  const uploadId = /<UploadId>(.+)<\/UploadId>/.exec(initiated)?.[1]
  const { complete_url: url } = await must(
    'GET',
    `${path}multipart_url/?upload_id=${uploadId}&type=complete_url`,
  )
  const bomb =
    '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><CompleteMultipartUpload><Part><ETag>&c;</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>'
  for (const body of ['', '<', bomb, '<CompleteMultipartUpload/>', '\u0000', '<a>'.repeat(5000)])
    expect((await fetch(url, { method: 'POST', body })).status).toBe(400)
  expect((await must('GET', 'auth/v1/auth/token/')).app_id).toBe(workspace.appId)
})
