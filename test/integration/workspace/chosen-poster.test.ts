import { expect, it } from 'vitest'
import { openWorkspace } from './client.ts'

it('a poster of somebody’s own stands for the asset; another takes its place only where that is asked for', async () => {
  const { must, call } = await openWorkspace()
  const asset = await must('POST', 'assets/v1/assets/', { title: 'Harbour' })
  const own = `files/v1/assets/${asset.id}/`
  const made = await must('POST', `${own}custom_keyframe/`)
  expect(made).toMatchObject({ type: 'POSTER', status: 'OPEN', is_custom_keyframe: true })
  expect(made.upload_url).toContain('/_storage/')
  const bytes = Buffer.from('a picture')
  expect((await fetch(made.upload_url, { method: 'PUT', body: bytes })).status).toBe(200)
  await must('PATCH', `${own}keyframes/${made.id}/`, { status: 'CLOSED', size: bytes.length })

  const chosen = await must('POST', `${own}custom_keyframe/${made.id}/`)
  expect(Buffer.from(await (await fetch(chosen.url)).arrayBuffer())).toEqual(bytes)
  const pictures = async () => {
    const { custom_poster, custom_keyframe } = await must('GET', `assets/v1/assets/${asset.id}/`)
    return [custom_poster, custom_keyframe]
  }
  expect(await pictures()).toEqual([made.id, made.id])

  const other = await must('POST', `${own}keyframes/`, { type: 'POSTER', name: 'other.jpg' })
  const kept = await call('POST', `${own}custom_keyframe/${other.id}/?overwrite=false`)
  expect(kept.body.errors.poster_id).toContain('overwrite=true')
  expect(await pictures()).toEqual([made.id, made.id])
  await must('POST', `${own}custom_keyframe/${other.id}/?overwrite=true`)
  expect(await pictures()).toEqual([other.id, other.id])
  const map = await must('POST', `${own}keyframes/`, { type: 'KEYFRAME_MAP', name: 'map.jpg' })
  expect((await call('POST', `${own}custom_keyframe/${map.id}/`)).status).toBe(400)
})
