import { describe, expect, it } from 'vitest'
import { openWorkspace, type Json } from './client.ts'

type Opened = Awaited<ReturnType<typeof openWorkspace>>
const over = /^(FINISHED|FINISHED_WITH_WARNING|FAILED|SKIPPED)$/
const jobAfter = async (opened: Opened, id: string): Promise<Json> => {
  const read = () => opened.must('GET', `jobs/v1/jobs/${id}/`)
  await expect.poll(async () => (await read())['status'], { timeout: 30_000 }).toMatch(over)
  return read()
}
const closedFile = async (opened: Opened) => {
  const made = await opened.openFile(5)
  await fetch(made.file.upload_url, { method: 'PUT', body: 'bytes' })
  await opened.must('PATCH', made.path, { status: 'CLOSED' })
  return made
}

describe('TRANSFER', () => {
  it.each(['GCS', 'AZURE', 'B2', 'FILE'])('copies a file set with its bytes to %s, once', async (method) => {
    const opened = await openWorkspace()
    const { must, call, download } = opened
    const { asset, set } = await closedFile(opened)
    const target = await must('GET', `files/v1/storages/matching/FILES/method/${method}/`)
    const path = `files/v1/file_sets/${set.id}/storages/${target['id']}/`
    const job = await jobAfter(opened, (await must('POST', path, {}))['job_id'])
    expect([job['type'], job['status'], job['steps'][0].status, job['progress']]).toEqual([
      'TRANSFER',
      'FINISHED',
      'DONE',
      100,
    ])
    const files = (await must('GET', `files/v1/assets/${asset.id}/files/`))['objects'] as Json[]
    expect(files.map((file) => file['storage_method']).sort()).toEqual(['S3', method].sort())
    const copy = files.find((file) => file['storage_method'] === method)
    expect((await download(`files/v1/assets/${asset.id}/files/${copy?.['id']}/`)).toString()).toBe('bytes')
    expect((await call('POST', path, {})).status).toBe(409)
  })

  it('copies many under one parent, and takes the source away where that is asked for', async () => {
    const opened = await openWorkspace()
    const { must } = opened
    const made = [await closedFile(opened), await closedFile(opened)]
    const target = await must('GET', 'files/v1/storages/matching/FILES/method/B2/')
    const { job_id: id } = await must('POST', `files/v1/storages/${target['id']}/bulk/`, {
      object_type: 'assets',
      object_ids: made.map(({ asset }) => asset.id),
      delete_original: true,
    })
    const parent = await jobAfter(opened, id)
    expect([
      parent['status'],
      parent['has_children'],
      Object.keys(parent['children_progress']).length,
    ]).toEqual(['FINISHED', true, 2])
    for (const { asset } of made) {
      const { objects } = await must('GET', `files/v1/assets/${asset.id}/files/`)
      expect(objects.map((file: Json) => file['storage_method'])).toEqual(['B2'])
    }
  })

  it('fails by name where a file was never closed', async () => {
    const opened = await openWorkspace()
    const { set } = await opened.openFile(5, 'open.mov')
    const target = await opened.must('GET', 'files/v1/storages/matching/FILES/method/B2/')
    const { job_id: id } = await opened.must(
      'POST',
      `files/v1/file_sets/${set.id}/storages/${target['id']}/`,
      {},
    )
    const job = await jobAfter(opened, id)
    expect([job['status'], job['error_message']]).toEqual([
      'FAILED',
      expect.stringContaining('open.mov is OPEN'),
    ])
  })
})

it('ANALYZE says on the asset how far it is, by its own call and as a job', async () => {
  const opened = await openWorkspace()
  const { must } = opened
  const { asset } = await closedFile(opened)
  const status = async () => (await must('GET', `assets/v1/assets/${asset.id}/`))['analyze_status']
  expect(await status()).toBe('N/A')
  const { job_id: id } = await must('POST', `transcode/v1/analyze/assets/${asset.id}/`, {})
  expect([(await jobAfter(opened, id))['status'], await status()]).toEqual(['FINISHED', 'DONE'])
  const job = await must('POST', 'jobs/v1/jobs/', {
    title: 'analyse',
    type: 'ANALYZE',
    status: 'READY',
    object_type: 'assets',
    object_id: asset.id,
  })
  expect((await jobAfter(opened, job['id']))['status']).toBe('FINISHED')
})

it('DELETE trashes what a collection holds, and says so in its job', async () => {
  const opened = await openWorkspace()
  const { must } = opened
  const collection = await must('POST', 'assets/v1/collections/', { title: 'c' })
  const asset = await must('POST', 'assets/v1/assets/?assign_to_collection=true', {
    title: 'a',
    collection_id: collection['id'],
  })
  const { job_id: id } = await must('POST', 'assets/v1/delete_queue/bulk/', {
    object_type: 'collections',
    object_ids: [collection['id']],
  })
  const job = await jobAfter(opened, id)
  expect([job['type'], job['status']]).toEqual(['DELETE', 'FINISHED'])
  expect((await must('GET', `assets/v1/assets/${asset['id']}/`))['status']).toBe('DELETED')
  expect((await must('GET', `assets/v1/collections/${collection['id']}/`))['status']).toBe('ACTIVE')
})

it('steps, priority and control reach a job and its children; a paused one survives a restart and then goes on', async () => {
  const { mkdtempSync, rmSync } = await import('node:fs')
  const dataDir = mkdtempSync('/tmp/ferry-jobs-')
  const first = await openWorkspace({ dataDir })
  const make = (parent_id: string | null) =>
    first.must('POST', 'jobs/v1/jobs/', {
      title: 'job',
      type: 'CUSTOM',
      status: 'STARTED',
      parent_id,
      steps: [{ id: 'copy', label: 'Copy', status: 'WAITING' }],
    })
  const parent = await make(null)
  const child = await make(parent['id'])
  const put = (path: string, body: Json) => first.must('PUT', `jobs/v1/jobs/${path}`, body)
  await put(`${parent['id']}/steps/copy/`, { label: 'Copy', status: 'DONE', message: 'all' })
  await put('priority/', { job_ids: [parent['id']], priority: 9 })
  await put('state/', { job_ids: [parent['id']], action: 'PAUSE' })
  await first.workspace.close()
  const second = await openWorkspace({ dataDir })
  const look = async (id: string) => {
    const job = await second.must('GET', `jobs/v1/jobs/${id}/`)
    return [job['status'], job['priority'], job['steps'][0].status]
  }
  expect([await look(parent['id']), await look(child['id'])]).toEqual([
    ['PAUSED', 9, 'DONE'],
    ['PAUSED', 9, 'WAITING'],
  ])
  await second.must('PUT', 'jobs/v1/jobs/state/', { job_ids: [parent['id']], action: 'RESUME' })
  expect((await look(child['id']))[0]).toBe('STARTED')
  await second.must('PUT', 'jobs/v1/jobs/state/', { job_ids: [parent['id']], action: 'ABORT' })
  expect([(await look(parent['id']))[0], (await look(child['id']))[0]]).toEqual(['ABORTED', 'ABORTED'])
  await second.must('PUT', 'jobs/v1/jobs/state/', { job_ids: [parent['id']], action: 'RESTART' })
  const restarted = await second.must('GET', `jobs/v1/jobs/${child['id']}/`)
  expect([restarted['status'], restarted['completed_at'], restarted['progress']]).toEqual(['READY', null, 0])
  await second.workspace.close()
  rmSync(dataDir, { recursive: true, force: true })
})
