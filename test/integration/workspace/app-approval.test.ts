import { expect, it } from 'vitest'
import { callsTo, openWorkspace } from './client.ts'

const secret = 'made up by the other program'

it('hands a token to the program that knows the secret, once, and nobody needs a password for it', async () => {
  const { must, call, workspace } = await openWorkspace()
  const me = await must('GET', 'users/v1/users/current/')
  expect((await call('GET', `auth/v1/apps/external/auth/${encodeURIComponent(secret)}/`)).status).toBe(404)
  const redirect = { url: 'http://127.0.0.1:9/', headers: { 'x-done': 'yes' } }
  const allowed = await must('POST', 'auth/v1/apps/external/auth/', {
    secret,
    app_name: 'Cutter',
    redirect_info: redirect,
  })
  expect((await call('POST', 'auth/v1/apps/external/auth/', { secret })).body.errors).toHaveProperty('secret')

  const program = callsTo(workspace, { 'App-ID': '', 'Auth-Token': '' })
  const given = await program.must('GET', `auth/v1/apps/external/auth/${encodeURIComponent(secret)}/`)
  expect(given).toMatchObject({ app_id: allowed.app_id, redirect_info: redirect })
  const signedIn = callsTo({ url: workspace.url, appId: given.app_id, authToken: given.token })
  expect((await signedIn.must('GET', 'users/v1/users/current/')).id).toBe(me.id)
  expect((await must('GET', `auth/v1/apps/${given.app_id}/`)).name).toBe('Cutter')
  expect(
    (await program.call('GET', `auth/v1/apps/external/auth/${encodeURIComponent(secret)}/`)).status,
  ).toBe(404)
})

it('an installation that was allowed gets a token whenever its owner asks, until it is taken away', async () => {
  const { must, call, workspace } = await openWorkspace()
  const app = await must('POST', 'auth/v1/apps/', { name: 'Panel' })
  const id = '11111111-1111-1111-8111-111111111111'
  expect((await call('POST', 'auth/v1/apps/instance/', { app_id: id, id })).body.errors).toHaveProperty(
    'app_id',
  )
  await must('POST', 'auth/v1/apps/instance/', { app_id: app.id, id })
  const given = await must('GET', `auth/v1/apps/instance/${id}/`)
  const installed = callsTo({ url: workspace.url, appId: given.app_id, authToken: given.token })
  expect((await installed.call('GET', 'auth/v1/auth/token/')).status).toBe(200)
  await must('DELETE', `auth/v1/apps/instance/${id}/`)
  expect((await call('GET', `auth/v1/apps/instance/${id}/`)).status).toBe(404)
})
