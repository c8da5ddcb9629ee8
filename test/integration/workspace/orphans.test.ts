import { mkdirSync, readFileSync, utimesSync, writeFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openWorkspace } from './client.ts'

it('removes at start what a killed process left behind, and nothing that an object or an open upload owns', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ferry-orphans-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const first = await openWorkspace({ dataDir })
  const { file, path } = await first.openFile(5)
  await fetch(file.upload_url, { method: 'PUT', body: 'bytes' })
  await first.must('PATCH', path, { status: 'CLOSED' })
  const other = await first.openFile(5)
  const initiated = await (await fetch(other.file.multipart_upload_url, { method: 'POST' })).text()
  const uploadId = /<UploadId>(.+)<\/UploadId>/.exec(initiated)?.[1] ?? ''
  const { objects } = await first.must(
    'GET',
    `${other.path}multipart_url/part/?upload_id=${uploadId}&parts_num=1`,
  )
  await fetch(objects[0].url, { method: 'PUT', body: 'part!' })
  await first.workspace.close()
  const orphan = join(dataDir, 'bytes', 'ab', 'abandoned')
  const young = join(dataDir, 'bytes', 'ab', 'young')
  mkdirSync(join(dataDir, 'bytes', 'ab'), { recursive: true })
  for (const name of [orphan, young]) writeFileSync(name, 'left behind')
  utimesSync(orphan, 1, 1)
  const soon = Date.now() / 1000 + 3600
  utimesSync(young, soon, soon)

  const second = await openWorkspace({ dataDir })
  await expect.poll(() => existsSync(orphan), { timeout: 20_000 }).toBe(false)
  expect(readFileSync(young, 'utf8')).toBe('left behind')
  expect((await second.download(path)).toString()).toBe('bytes')
  const list = await second.must('GET', `${other.path}multipart_url/?upload_id=${uploadId}`)
  expect(await (await fetch(list['list_parts_url'][0])).text()).toContain('<PartNumber>1</PartNumber>')
})
