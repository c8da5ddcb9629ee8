import { describe, expect, it } from 'vitest'
import { callsTo, openWorkspace, type Json } from './client.ts'

const unknownId = '00000000-0000-1000-8000-000000000000'

describe('credentials', () => {
  it('asks for both headers, takes any case, and says what is wrong in a list', async () => {
    const { workspace, call } = await openWorkspace()
    const bare = await fetch(`${workspace.url}/API/assets/v1/assets/`)
    expect([bare.status, ((await bare.json()) as Json).errors]).toEqual([
      401,
      ['The header App-ID and Auth-Token is missing'],
    ])
    const wrong = await callsTo(workspace, { 'Auth-Token': 'x' }).call('GET', 'auth/v1/auth/token/')
    expect(wrong.status).toBe(401)
    expect(
      (await callsTo(workspace, { 'App-ID': unknownId }).call('GET', 'auth/v1/auth/token/')).status,
    ).toBe(401)
    expect((await call('GET', 'auth/v1/auth/token')).status).toBe(200)
  })

  it('answers only to names of this machine', async () => {
    const { workspace } = await openWorkspace()
    const { request } = await import('node:http')
    const status = await new Promise<number>((done, fail) => {
      request(`${workspace.url}/API/auth/v1/auth/token/`, { headers: { host: 'evil.example' } }, (response) =>
        done(response.resume().statusCode ?? 0),
      )
        .on('error', fail)
        .end()
    })
    expect(status).toBe(421)
  })

  it('logs in with a password; with several domains and a code only after choosing and typing it', async () => {
    const { workspace, call } = await openWorkspace({
      faults: { rules: [] },
      logins: [
        { email: 'one@example.com', password: 'correct horse' },
        { email: 'two@example.com', password: 'correct horse', domains: ['North', 'South'], otp: true },
      ],
    })
    const login = (email: string, password = 'correct horse') =>
      call('POST', 'auth/v1/auth/simple/login/', { email, password, app_name: 'WEB' })
    expect((await login('one@example.com', 'wrong')).status).toBe(401)
    const one = await login('one@example.com')
    expect(one.status).toBe(201)
    const asOne = callsTo({ url: workspace.url, appId: one.body.app_id, authToken: one.body.token })
    expect((await asOne.must('GET', 'users/v1/users/current/')).email).toBe('one@example.com')
    const refreshed = await asOne.must('PUT', 'auth/v1/auth/token/')
    expect(refreshed.token).not.toBe(one.body.token)

    const post = async (path: string, body: object, tempToken?: string) => {
      const headers = {
        'content-type': 'application/json',
        ...(tempToken === undefined ? {} : { 'temp-auth-token': tempToken }),
      }
      const url = `${workspace.url}/API/auth/v1/auth/${path}`
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      return { status: answer.status, body: (await answer.json()) as Json }
    }
    const early = { email: 'two@example.com', system_domain_id: unknownId }
    expect((await post('multidomain/login/', early)).status).toBe(401)
    const two = await login('two@example.com')
    expect(two.body.auth_system_domains.length).toBe(2)
    const temporary = two.body.token as string
    // It proves the password and nothing more.
    const notYet = callsTo({ url: workspace.url, appId: two.body.app_id, authToken: temporary })
    expect((await notYet.call('GET', 'users/v1/users/current/')).status).toBe(401)
    const choice = {
      email: 'two@example.com',
      system_domain_id: two.body.auth_system_domains[1].system_domain_id,
    }
    expect((await post('multidomain/login/', choice)).status).toBe(401)
    expect((await post('multidomain/login/', choice, temporary)).status).toBe(400)
    expect((await post('otp/generate/', choice, 'a guess')).status).toBe(401)
    expect((await post('otp/generate/', choice, temporary)).status).toBe(201)
    const { lastOneTimeCode } = (await (await fetch(`${workspace.url}/_inspect`)).json()) as Json
    expect((await post('multidomain/login/', { ...choice, otp: 'nope' }, temporary)).status).toBe(401)
    const done = await post('multidomain/login/', { ...choice, otp: lastOneTimeCode.code }, temporary)
    expect([done.status, done.body.system_domain_id]).toEqual([201, choice.system_domain_id])
  })
})

describe('shapes', () => {
  it('serves both spellings, ignores unknown and read-only keys, takes partial bodies on PUT', async () => {
    const { call, must } = await openWorkspace()
    const made = await call('POST', 'assets/v1/assets', {
      title: 'A',
      id: unknownId,
      is_online: true,
      nonsense: 1,
    })
    expect(made.status).toBe(201)
    expect(made.body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-/)
    expect([made.body.is_online, made.body.nonsense, made.body.versions.length]).toEqual([
      false,
      undefined,
      1,
    ])
    expect(made.body.date_created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/)
    expect((await must('PUT', `assets/v1/assets/${made.body.id}`, { type: 'PLACEHOLDER' })).title).toBe('A')
  })

  it('says what is wrong per field, and in a list for the rest', async () => {
    const { call, workspace } = await openWorkspace()
    expect((await call('POST', 'assets/v1/assets/', {})).body.errors).toHaveProperty('title')
    expect((await call('POST', 'assets/v1/assets/', '{"title":')).body.errors).toEqual([
      'The body is not valid JSON',
    ])
    expect((await call('POST', 'assets/v1/assets/', '[1]')).status).toBe(400)
    expect((await call('GET', `assets/v1/assets/${unknownId}/`)).status).toBe(404)
    expect((await call('GET', 'stats/v1/billing/')).status).toBe(501)
    expect((await call('DELETE', 'assets/v1/assets/')).status).toBe(405)
    const huge = await fetch(`${workspace.url}/API/assets/v1/assets/`, {
      method: 'POST',
      body: `{"title":"${'x'.repeat(11 * 1024 * 1024)}"}`,
      headers: { 'App-ID': workspace.appId, 'Auth-Token': workspace.authToken },
    }).catch(() => undefined)
    expect(huge === undefined || huge.status === 413).toBe(true)
  })

  it('pages by number with host-relative links, and by key', async () => {
    const { must, openFile } = await openWorkspace()
    for (let at = 0; at < 5; at += 1) await must('POST', 'assets/v1/assets/', { title: `A${at}` })
    const titles: string[] = []
    const links: string[] = []
    for (let path: string = '/API/assets/v1/assets/?per_page=2&sort=title,asc'; path;) {
      const page = await must('GET', path.replace('/API/', ''))
      titles.push(...page.objects.map((asset: Json) => asset.title))
      path = page.next_url
      links.push(path)
    }
    expect(titles).toEqual(['A0', 'A1', 'A2', 'A3', 'A4'])
    expect(links.map((link) => link.replace(/\?.*/, ''))).toEqual([
      '/API/assets/v1/assets/',
      '/API/assets/v1/assets/',
      '',
    ])
    const { asset } = await openFile(1)
    for (let at = 0; at < 4; at += 1)
      await must('POST', `files/v1/assets/${asset.id}/formats/`, { name: `F${at}` })
    const first = await must('GET', `files/v1/assets/${asset.id}/formats/?per_page=3`)
    const second = await must(
      'GET',
      `files/v1/assets/${asset.id}/formats/?per_page=3&last_id=${first.objects[2].id}`,
    )
    expect([...first.objects, ...second.objects].map((format: Json) => format.name)).toEqual([
      'ORIGINAL',
      'F0',
      'F1',
      'F2',
      'F3',
    ])
    expect([first.next_url === '', second.next_url]).toEqual([false, ''])
  })
})

describe('rights', () => {
  const asMember = async (roles: string[]) => {
    const opened = await openWorkspace()
    const { must, workspace } = opened
    const group = await must('POST', 'users/v1/groups/', { name: 'Editors', roles })
    const user = await must('POST', 'users/v1/users/', {
      email: 'ed@example.com',
      first_name: 'Ed',
      type: 'STANDARD',
      groups: [group.id],
    })
    const app = await must('POST', 'auth/v1/apps/', { name: 'Ed', default_user_id: user.id })
    const { token } = await must('POST', `auth/v1/apps/${app.id}/token/`)
    return { ...opened, group, user, ed: callsTo({ url: workspace.url, appId: app.id, authToken: token }) }
  }

  it('names the role that is missing', async () => {
    const { ed } = await asMember(['can_read_assets'])
    const refused = await ed.call('POST', 'assets/v1/assets/', { title: 'x' })
    expect([refused.status, refused.body.errors[0]]).toEqual([
      403,
      expect.stringContaining('can_create_assets'),
    ])
  })

  it('shows an asset only to whom it is granted, in reads, lists and search', async () => {
    const { ed, must, group } = await asMember(['can_read_assets', 'can_write_assets', 'can_search'])
    const asset = await must('POST', 'assets/v1/assets/', { title: 'secret' })
    const seen = async () => [
      (await ed.call('GET', `assets/v1/assets/${asset.id}/`)).status,
      (await ed.must('GET', 'assets/v1/assets/')).total,
      (await ed.must('POST', 'search/v1/search/', { query: 'secret' })).total,
    ]
    expect(await seen()).toEqual([403, 0, 0])
    await must('PUT', 'acls/v1/acl/asset/', {
      object_keys: [asset.id],
      group_ids: [group.id],
      permissions: ['read'],
    })
    expect(await seen()).toEqual([200, 1, 1])
    expect((await ed.call('PATCH', `assets/v1/assets/${asset.id}/`, { title: 'mine' })).status).toBe(403)
    await must('PUT', 'acls/v1/acl/assets/', {
      object_keys: [asset.id],
      group_ids: [group.id],
      permissions: ['write'],
      mode: 'APPEND',
    })
    expect((await ed.call('PATCH', `assets/v1/assets/${asset.id}/`, { title: 'mine' })).status).toBe(200)
  })
})

describe('metadata', () => {
  it('answers 404 until something is stored, checks values by type, and appends, deletes and clears', async () => {
    const { must, call } = await openWorkspace()
    const asset = await must('POST', 'assets/v1/assets/', { title: 'm' })
    const view = (await must('GET', 'metadata/v1/views/')).objects.find((row: Json) => row.name === 'Clip')
    const path = `metadata/v1/assets/${asset.id}/views/${view.id}/`
    const put = (values: Json) => call('PUT', path, { metadata_values: values })
    const values = (...list: string[]) => ({ field_values: list.map((value) => ({ value })) })
    expect((await call('GET', path)).status).toBe(404)
    const bad = await put({
      Take: values('many'),
      Camera: values('Z'),
      ShootDate: values('2026-02-30'),
      Rating: values('9'),
      Nope: values('x'),
      Scene: values('1', '2'),
    })
    expect(bad.status).toBe(400)
    expect(Object.keys(bad.body.errors).sort()).toEqual([
      'Camera',
      'Nope',
      'Rating',
      'Scene',
      'ShootDate',
      'Take',
    ])
    await put({ Keywords: values('a', 'b') })
    await put({ Keywords: { ...values('c'), mode: 'append' } })
    const kept = (await put({ Keywords: { ...values('a'), mode: 'delete' }, Take: values('3') })).body
      .metadata_values
    expect(kept.Keywords.field_values.map((item: Json) => item.value)).toEqual(['b', 'c'])
    expect((await put({ Take: values() })).body.metadata_values.Take).toBeUndefined()
    const found = await must('POST', 'search/v1/search/', { query: 'metadata.Keywords:c' })
    expect(found.objects.map((row: Json) => row.id)).toEqual([asset.id])
  })

  it('changes many at once in a job', async () => {
    const { must } = await openWorkspace()
    const ids: string[] = []
    for (let at = 0; at < 3; at += 1)
      ids.push((await must('POST', 'assets/v1/assets/', { title: `b${at}` })).id)
    const view = (await must('GET', 'metadata/v1/views/')).objects.find((row: Json) => row.name === 'Clip')
    const { job_id: jobId } = await must('PUT', `metadata/v1/assets/views/${view.id}/`, {
      object_ids: ids,
      metadata_values: { Project: { field_values: [{ value: 'P' }] } },
    })
    await expect.poll(async () => (await must('GET', `jobs/v1/jobs/${jobId}/`)).status).toBe('FINISHED')
    expect((await must('POST', 'search/v1/search/', { query: 'metadata.Project:P' })).total).toBe(3)
  })
})

describe('search', () => {
  it('understands the query language, filters, facets, sort and search_after', async () => {
    const { must } = await openWorkspace()
    const titles = ['Harbour sunrise', 'Harbour night', 'Market night', 'A: odd (title)']
    for (const [at, title] of titles.entries())
      await must('POST', 'assets/v1/assets/', {
        title,
        category: at % 2 ? 'odd' : 'even',
        external_id: `ext/${at}`,
      })
    const find = async (query: string, more: Json = {}) =>
      (
        await must('POST', 'search/v1/search/', {
          doc_types: ['assets'],
          query,
          sort: [{ name: 'title', order: 'asc' }],
          ...more,
        })
      ).objects.map((row: Json) => row.title)
    expect(await find('harbour')).toEqual(['Harbour night', 'Harbour sunrise'])
    expect(await find('night AND NOT market')).toEqual(['Harbour night'])
    expect(await find('"harbour night" OR market')).toEqual(['Harbour night', 'Market night'])
    expect(await find('har*')).toEqual(['Harbour night', 'Harbour sunrise'])
    expect(await find('category:odd')).toEqual(['A: odd (title)', 'Harbour night'])
    expect(await find('_exists_:category AND -category:odd')).toEqual(['Harbour sunrise', 'Market night'])
    expect(await find('A\\: odd \\(title\\)')).toEqual(['A: odd (title)'])
    expect(
      await find('', { filter: { operator: 'AND', terms: [{ name: 'external_id', value: 'ext\\/2' }] } }),
    ).toEqual(['Market night'])
    const faceted = await must('POST', 'search/v1/search/', {
      doc_types: ['assets'],
      query: '*',
      facets: ['category'],
      facets_filters: [{ name: 'category', value_in: ['odd'] }],
    })
    expect([faceted.total, faceted.facets.category.buckets]).toEqual([
      2,
      [
        { key: 'even', doc_count: 2 },
        { key: 'odd', doc_count: 2 },
      ],
    ])
    const walked: string[] = []
    for (let after: unknown; ;) {
      const page = await must('POST', 'search/v1/search/?per_page=1', {
        doc_types: ['assets'],
        sort: [{ name: 'title', order: 'desc' }],
        ...(after !== undefined && { search_after: after }),
      })
      if (page.objects.length === 0) break
      walked.push(page.objects[0].title)
      after = page.objects[0]._sort
    }
    expect(walked).toEqual([...titles].sort().reverse())
  })

  it('sees a change only when the delay is over, and never what is in the trash', async () => {
    const { must } = await openWorkspace({ indexDelayMs: 600 })
    const asset = await must('POST', 'assets/v1/assets/', { title: 'late' })
    const total = async () => (await must('POST', 'search/v1/search/', { query: 'late' })).total
    expect(await total()).toBe(0)
    await expect.poll(total, { timeout: 10_000 }).toBe(1)
    await must('DELETE', `assets/v1/assets/${asset.id}/`)
    expect((await must('GET', `assets/v1/assets/${asset.id}/`)).status).toBe('DELETED')
    await expect.poll(total, { timeout: 10_000 }).toBe(0)
  })
})

describe('jobs', () => {
  it('sums children, stamps dates, pauses, resumes, aborts and restarts', async () => {
    const { must } = await openWorkspace()
    const parent = await must('POST', 'jobs/v1/jobs/', {
      title: 'batch',
      type: 'TRANSFER',
      status: 'STARTED',
    })
    const child = await must('POST', 'jobs/v1/jobs/', {
      title: 'one',
      type: 'TRANSFER',
      status: 'STARTED',
      parent_id: parent.id,
    })
    await must('PATCH', `jobs/v1/jobs/${child.id}`, { status: 'FINISHED', progress_processed: 100 })
    const seen = await must('GET', `jobs/v1/jobs/${parent.id}/`)
    expect([seen.has_children, seen.children_progress[child.id].status]).toEqual([true, 'FINISHED'])
    expect((await must('GET', `jobs/v1/jobs/?parent_id=${parent.id}`)).total).toBe(1)
    const control = async (action: string) => {
      await must('PUT', 'jobs/v1/jobs/state/', { job_ids: [parent.id], action })
      return (await must('GET', `jobs/v1/jobs/${parent.id}/`)).status
    }
    expect([
      await control('PAUSE'),
      await control('RESUME'),
      await control('ABORT'),
      await control('RESTART'),
    ]).toEqual(['PAUSED', 'STARTED', 'ABORTED', 'READY'])
  })
})

describe('limits and faults', () => {
  it('says 429 with Retry-After once the window is full', async () => {
    const { call } = await openWorkspace({ rateLimit: 1, assumptions: { rateWindowS: 3 } })
    const answers = []
    for (let at = 0; at < 4; at += 1) answers.push(await call('GET', 'auth/v1/auth/token/'))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429])
    expect(answers.map((answer) => answer.headers.get('ratelimit-remaining'))).toEqual(['2', '1', '0', '0'])
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('loses the answer but not the effect, loses both, and answers what it is told', async () => {
    const { call, must } = await openWorkspace({
      faults: {
        rules: [
          { match: 'POST */assets/', action: 'drop-after', times: 1 },
          { match: 'POST */assets/', action: 'drop-before', times: 1 },
          { match: 'POST */assets/', action: 'status', status: 503, times: 1 },
        ],
      },
    })
    await expect(call('POST', 'assets/v1/assets/', { title: 'kept' })).rejects.toThrow('fetch failed')
    await expect(call('POST', 'assets/v1/assets/', { title: 'gone' })).rejects.toThrow('fetch failed')
    expect((await call('POST', 'assets/v1/assets/', { title: 'told' })).status).toBe(503)
    expect((await must('GET', 'assets/v1/assets/')).objects.map((asset: Json) => asset.title)).toEqual([
      'kept',
    ])
  })
})

it('knows its account, storages and objects again after a restart, at another port', async () => {
  const { mkdtempSync } = await import('node:fs')
  const dataDir = mkdtempSync('/tmp/ferry-restart-')
  const first = await openWorkspace({ dataDir })
  const asset = await first.must('POST', 'assets/v1/assets/', { title: 'kept' })
  await first.workspace.close()
  const second = await openWorkspace({ dataDir })
  expect([second.workspace.appId, second.workspace.storageId]).toEqual([
    first.workspace.appId,
    first.workspace.storageId,
  ])
  expect(second.workspace.authToken).not.toBe(first.workspace.authToken)
  const withOldToken = callsTo({ ...second.workspace, authToken: first.workspace.authToken })
  expect((await withOldToken.must('GET', `assets/v1/assets/${asset.id}/`)).title).toBe('kept')
})
