import { connect } from 'node:net'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { operations } from '@main/workspace/routes/index.ts'
import { paramOf } from '@test/support/conformance/operation-hints.ts'
import { SampleWorld } from '@test/support/conformance/sample-world.ts'
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

it('answers any body at any operation on objects that exist with less than 500, and lives', async () => {
  const { workspace, must, call } = await openWorkspace()
  const writing = operations.filter(
    ({ method, path, access }) =>
      method !== 'GET' && access !== 'public' && !path.startsWith('/v1/auth/token'),
  )
  const worlds = new Map<(typeof writing)[number], Promise<string>>()
  const pathOf = async (operation: (typeof writing)[number]): Promise<string> => {
    const world = new SampleWorld({ call, must })
    const params: Record<string, string> = {}
    for (const [, name = ''] of operation.path.matchAll(/\{(\w+)\}/g))
      params[name] = await paramOf(operation, name, world)
    return `${operation.service}${operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))}`
  }
  const keys = [
    ...new Set(writing.flatMap(({ schema }) => Object.keys((schema as { shape?: object })?.shape ?? {}))),
  ]
  const leaf = fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.uuid({ version: 1 }),
    fc.constantFrom(
      'ACTIVE',
      'DELETED',
      'CLOSED',
      'assets',
      'collections',
      '../../etc/passwd',
      '\u0000',
      '\ud800',
    ),
  )
  const known = fc.dictionary(
    fc.constantFrom(...keys),
    fc.oneof(
      leaf,
      fc.array(leaf, { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), leaf, { maxKeys: 4 }),
    ),
    { maxKeys: 8 },
  )
  const body = fc.oneof(
    known.map((value) => JSON.stringify(value)),
    fc.json(),
    fc.constantFrom('', '{', '{"a":1}}', '[[', `{"ids":${'['.repeat(3000)}`, '{"__proto__":{"x":1}}'),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...writing), body, async (operation, sent) => {
      let path = worlds.get(operation)
      if (!path) worlds.set(operation, (path = pathOf(operation)))
      const { status } = await call(operation.method, await path, sent)
      return status < 500
    }),
    { numRuns: 600 },
  )
  expect((await must('GET', 'auth/v1/auth/token/')).app_id).toBe(workspace.appId)
})

it('answers malformed and oversized forms and bodies on files that exist with 4xx, and lives', async () => {
  const { workspace, must, openFile } = await openWorkspace()
  const credentials = { 'App-ID': workspace.appId, 'Auth-Token': workspace.authToken }
  const upload = `${workspace.url}/API/files/v1/files/upload/`
  const boundary = '----b'
  const part = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  for (const [type, body] of [
    ['multipart/form-data', 'no boundary'],
    [`multipart/form-data; boundary=${boundary}`, ''],
    [`multipart/form-data; boundary=${boundary}`, part('file_name', 'x')],
    [`multipart/form-data; boundary=${boundary}`, `--${boundary}\r\nContent-Disposition: rubbish`],
    [
      `multipart/form-data; boundary=${boundary}`,
      `${part('file_name', '../../x')}${part('storage_id', 'nope')}--${boundary}--`,
    ],
    // Broken twice: the second time nobody waits for the answer any more.
    [`multipart/form-data; boundary=${boundary}`, part('a\u0001', 'x').repeat(3)],
    ['application/json', '{"file_name":"x"}'],
    ['text/plain', 'x'.repeat(100_000)],
  ] as const) {
    const { status } = await fetch(upload, {
      method: 'POST',
      headers: { ...credentials, 'content-type': type },
      body,
    })
    expect([type, body.slice(0, 20), status >= 400 && status < 500]).toEqual([type, body.slice(0, 20), true])
  }
  const { asset, format, set, path } = await openFile(5)
  for (const directory_path of ['../up', 'a/../../b', '..\\..\\c', 'a\u0000b']) {
    const answer = await callsTo(workspace).call('POST', `files/v1/assets/${asset.id}/files/`, {
      original_name: 'x',
      directory_path,
      type: 'FILE',
      size: 1,
      file_set_id: set.id,
      format_id: format.id,
    })
    expect([directory_path, answer.status]).toEqual([directory_path, 400])
  }
  const tooLarge = await fetch(`${workspace.url}/API/${path}`, {
    method: 'PATCH',
    headers: credentials,
    body: `{"checksum":"${'x'.repeat(11 * 1024 * 1024)}"}`,
  }).catch(() => undefined)
  expect(tooLarge?.status ?? 413).toBe(413)
  const wrongHost = await raw(
    workspace.url,
    `PATCH /API/${path} HTTP/1.1\r\nHost: evil.example\r\nApp-ID: ${workspace.appId}\r\nAuth-Token: ${workspace.authToken}\r\nContent-Length: 2\r\n\r\n{}`,
  )
  expect(wrongHost).toBe(421)
  expect((await must('GET', path))['status']).toBe('OPEN')
})
