import { describe, expect, it } from 'vitest'
import { callsTo, openWorkspace, type Json } from './client.ts'

const everyRole = async (must: (method: string, path: string) => Promise<Json>): Promise<string[]> =>
  (await must('GET', 'users/v1/users/current/roles/')).objects

/** A workspace with people who have every role and no right but those that a test gives them. */
async function withPeople() {
  const opened = await openWorkspace()
  const { must, workspace } = opened
  const roles = await everyRole(must)
  const everybody = await must('POST', 'users/v1/groups/', { name: 'Everybody', roles })
  const person = async (name: string, groups: string[] = []) => {
    const user = await must('POST', 'users/v1/users/', {
      email: `${name}@example.com`,
      first_name: name,
      type: 'STANDARD',
      groups: [everybody['id'], ...groups],
    })
    const app = await must('POST', 'auth/v1/apps/', { name, default_user_id: user['id'] })
    const { token } = await must('POST', `auth/v1/apps/${app['id']}/token/`)
    return {
      id: String(user['id']),
      ...callsTo({ url: workspace.url, appId: app['id'], authToken: token as string }),
    }
  }
  const grant = (type: string, key: string, who: Json, permissions: string[], more: Json = {}) =>
    must('PUT', `acls/v1/acl/${type}/`, { object_keys: [key], ...who, permissions, ...more })
  return { ...opened, everybody, person, grant }
}

type Person = Awaited<ReturnType<Awaited<ReturnType<typeof withPeople>>['person']>>
const status = async (person: Person, method: string, path: string, body?: unknown) =>
  (await person.call(method, path, body)).status

/** The calls that need each right, by kind of object. */
const needing: Record<string, Record<string, (key: string, me: Person) => [string, string, unknown?]>> = {
  assets: {
    read: (key) => ['GET', `assets/v1/assets/${key}/`],
    write: (key) => ['PATCH', `assets/v1/assets/${key}/`, { title: 'changed' }],
    delete: (key) => ['DELETE', `assets/v1/assets/${key}/`],
    'change-acl': (key, me) => [
      'PUT',
      `acls/v1/users/${me.id}/acl/assets/${key}/`,
      { permissions: ['read'] },
    ],
  },
  collections: {
    read: (key) => ['GET', `assets/v1/collections/${key}/`],
    write: (key) => ['PATCH', `assets/v1/collections/${key}/`, { title: 'changed' }],
    delete: (key) => ['DELETE', `assets/v1/collections/${key}/`],
    'change-acl': (key, me) => [
      'PUT',
      `acls/v1/users/${me.id}/acl/collections/${key}/`,
      { permissions: ['read'] },
    ],
  },
  metadata_views: {
    read: (key) => ['GET', `metadata/v1/views/${key}/`],
    write: (key) => ['PATCH', `metadata/v1/views/${key}/`, { description: 'changed' }],
    delete: (key) => ['DELETE', `metadata/v1/views/${key}/`],
    'change-acl': (key, me) => [
      'PUT',
      `acls/v1/users/${me.id}/acl/metadata_views/${key}/`,
      { permissions: ['read'] },
    ],
  },
}
const make: Record<string, [string, Json]> = {
  assets: ['assets/v1/assets/', { title: 'guarded' }],
  collections: ['assets/v1/collections/', { title: 'guarded' }],
  metadata_views: ['metadata/v1/views/', { name: 'guarded', view_fields: [] }],
}

describe.each(Object.keys(needing))('each right on %s', (type) => {
  it.each(['read', 'write', 'delete', 'change-acl'])(
    '%s is what its call needs, and no other right will do',
    async (right) => {
      const { must, person, grant } = await withPeople()
      const [ada, bob] = [await person('ada'), await person('bob')]
      const [path, body] = make[type] ?? ['', {}]
      const { id: key } = await must('POST', path, body)
      const others = ['read', 'write', 'delete', 'change-acl'].filter((name) => name !== right)
      await grant(type, key, { user_ids: [ada.id] }, others)
      await grant(type, key, { user_ids: [bob.id] }, [right])
      const call = needing[type]?.[right]
      if (!call) throw new Error(`No call needs ${right} on ${type}`)
      const refused = await ada.call(...call(key, ada))
      expect([refused.status, JSON.stringify(refused.body.errors)]).toEqual([
        403,
        expect.stringContaining(right),
      ])
      expect(await status(bob, ...call(key, bob))).toBeLessThan(300)
    },
  )
})

describe('who has a right', () => {
  it('users and their groups, together, until they leave the group or it goes', async () => {
    const { must, person, grant } = await withPeople()
    const group = await must('POST', 'users/v1/groups/', { name: 'Editors', roles: [] })
    const ada = await person('ada', [group['id']])
    const { id: key } = await must('POST', 'assets/v1/assets/', { title: 'a' })
    await grant('assets', key, { group_ids: [group['id']] }, ['read'])
    await grant('assets', key, { user_ids: [ada.id] }, ['write'])
    expect((await ada.must('GET', `acls/v1/acl/assets/${key}/permissions/`))['permissions']).toEqual([
      'read',
      'write',
    ])
    await must('DELETE', `users/v1/groups/${group['id']}/users/${ada.id}/`)
    expect(await status(ada, 'GET', `assets/v1/assets/${key}/`)).toBe(403)
    expect(await status(ada, 'PATCH', `assets/v1/assets/${key}/`, { title: 'b' })).toBe(200)
  })

  it('APPEND adds, OVERWRITE replaces, and an empty list takes everything', async () => {
    const { must, person, grant } = await withPeople()
    const ada = await person('ada')
    const { id: key } = await must('POST', 'assets/v1/assets/', { title: 'a' })
    const mine = async () => (await ada.must('GET', `acls/v1/acl/assets/${key}/permissions/`))['permissions']
    await grant('assets', key, { user_ids: [ada.id] }, ['read'])
    await grant('assets', key, { user_ids: [ada.id] }, ['write'], { mode: 'APPEND' })
    expect(await mine()).toEqual(['read', 'write'])
    await grant('assets', key, { user_ids: [ada.id] }, ['delete'])
    expect(await mine()).toEqual(['delete'])
    await must('DELETE', 'acls/v1/acl/assets/', { object_keys: [key], user_ids: [ada.id] })
    expect(await mine()).toEqual([])
  })

  it('whoever makes something has every right to it, and nobody else has any', async () => {
    const { person } = await withPeople()
    const [ada, bob] = [await person('ada'), await person('bob')]
    for (const [type, [path, body]] of Object.entries(make)) {
      const { id } = await ada.must('POST', path, body)
      const rights = (who: Person) =>
        who.must('GET', `acls/v1/acl/${type}/${id}/permissions/`).then((answer) => answer['permissions'])
      expect(await rights(ada)).toEqual(['read', 'write', 'delete', 'change-acl'])
      expect(await rights(bob)).toEqual([])
    }
  })
})

describe('templates', () => {
  it('give the rights that were set on them, by hand or by the settings', async () => {
    const { must, person, grant } = await withPeople()
    const [ada, bob] = [await person('ada'), await person('bob')]
    const template = await must('POST', 'acls/v1/acl/templates/', { name: 'Readers' })
    await grant('acl_templates', template['id'], { user_ids: [bob.id] }, ['read'])
    const before = await ada.must('POST', 'assets/v1/assets/', { title: 'before' })
    expect(await status(bob, 'GET', `assets/v1/assets/${before['id']}/`)).toBe(403)
    await ada.must('POST', `acls/v1/acl/templates/${template['id']}/asset/${before['id']}/`)
    expect(await status(bob, 'GET', `assets/v1/assets/${before['id']}/`)).toBe(200)
    await must('PUT', 'settings/v1/system/current/', { acl_template_id: template['id'] })
    const made = async (query: string) =>
      (await ada.must('POST', `assets/v1/assets/${query}`, { title: 'later' }))['id']
    expect(await status(bob, 'GET', `assets/v1/assets/${await made('')}/`)).toBe(200)
    expect(await status(bob, 'GET', `assets/v1/assets/${await made('?apply_default_acls=false')}/`)).toBe(403)
  })
})

describe('rights of collections', () => {
  it('come to what is made in them where that is asked for, follow them, and end with membership', async () => {
    const { must, person, grant } = await withPeople()
    const [ada, bob] = [await person('ada'), await person('bob')]
    const top = await ada.must('POST', 'assets/v1/collections/', { title: 'top' })
    const below = await ada.must('POST', 'assets/v1/collections/?apply_collection_acls=true', {
      title: 'below',
      parent_id: top['id'],
    })
    const query = '?assign_to_collection=true&apply_collection_acls=true'
    const asset = await ada.must('POST', `assets/v1/assets/${query}`, {
      title: 'inherits',
      collection_id: below['id'],
    })
    const plain = await ada.must('POST', 'assets/v1/assets/?assign_to_collection=true', {
      title: 'plain',
      collection_id: below['id'],
    })
    await grant('collections', top['id'], { user_ids: [bob.id] }, ['read'])
    expect(await status(bob, 'GET', `assets/v1/assets/${asset['id']}/`)).toBe(200)
    expect(await status(bob, 'GET', `assets/v1/assets/${plain['id']}/`)).toBe(403)
    const acl = await ada.must('GET', `acls/v1/acl/assets/${asset['id']}/`)
    expect(acl['inherited_users_acl']).toContainEqual({
      user_id: bob.id,
      permissions: ['read'],
      object_type: 'collections',
      object_key: top['id'],
    })
    expect(acl['users_acl'].map((row: Json) => row['user_id'])).toEqual([ada.id])
    const ofTop = await ada.must('GET', `acls/v1/acl/collections/${top['id']}/`)
    expect(ofTop['propagating_users_acl'].map((row: Json) => row['user_id'])).toContain(bob.id)
    const found = async () => (await bob.must('POST', 'search/v1/search/', { query: 'inherits' }))['total']
    expect(await found()).toBe(1)
    await ada.must('DELETE', `assets/v1/collections/${below['id']}/contents/assets/${asset['id']}/`)
    expect([await status(bob, 'GET', `assets/v1/assets/${asset['id']}/`), await found()]).toEqual([403, 0])
    expect(await status(bob, 'GET', `assets/v1/collections/${below['id']}/`)).toBe(200)
    await must('DELETE', 'acls/v1/acl/collections/', { object_keys: [top['id']], user_ids: [bob.id] })
    expect(await status(bob, 'GET', `assets/v1/collections/${below['id']}/`)).toBe(403)
  })

  it('are given to everything inside by the call for content, and taken again', async () => {
    const { must, person } = await withPeople()
    const bob = await person('bob')
    const collection = await must('POST', 'assets/v1/collections/', { title: 'c' })
    const asset = await must('POST', 'assets/v1/assets/?assign_to_collection=true', {
      title: 'a',
      collection_id: collection['id'],
    })
    const body = {
      object_ids: [collection['id']],
      include_assets: true,
      include_collections: false,
      user_ids: [bob.id],
    }
    await must('PUT', 'acls/v1/acl/collections/content/', { ...body, permissions: ['read'] })
    expect(await status(bob, 'GET', `assets/v1/assets/${asset['id']}/`)).toBe(200)
    await must('DELETE', 'acls/v1/acl/collections/content/', body)
    expect(await status(bob, 'GET', `assets/v1/assets/${asset['id']}/`)).toBe(403)
  })
})

it('what somebody may not read they do not see: in lists, contents, counts, relations, sums, trash, search, facets, suggestions', async () => {
  const { must, person, grant, openFile } = await withPeople()
  const bob = await person('bob')
  const collection = await must('POST', 'assets/v1/collections/', { title: 'shared' })
  await grant('collections', collection['id'], { user_ids: [bob.id] }, ['read'])
  const open = await must('POST', 'assets/v1/assets/', { title: 'zebra open', category: 'open' })
  await grant('assets', open['id'], { user_ids: [bob.id] }, ['read', 'write', 'delete'])
  const { asset: secret, path } = await openFile(1, 'zebra secret.mov')
  await must('PATCH', `assets/v1/assets/${secret.id}/`, { category: 'hidden' })
  await must('PATCH', path, { checksum: 'abc' })
  for (const { id } of [open, secret])
    await must('POST', `assets/v1/collections/${collection['id']}/contents/`, {
      object_id: id,
      object_type: 'assets',
    })
  await must('POST', `assets/v1/assets/${open['id']}/relations/`, {
    relation_type: 'related',
    related_to_asset_id: secret.id,
  })
  await must('POST', `assets/v1/assets/${secret.id}/segments/`, {
    segment_type: 'COMMENT',
    segment_text: 'zebra',
  })
  const look = async (who: Pick<Person, 'must'>) => {
    const search = await who.must('POST', 'search/v1/search/', { query: 'zebra', facets: ['category'] })
    const suggest = (field_name: string, query: string) =>
      who
        .must('POST', 'search/v1/search/suggest/', { field_name, query })
        .then((answer) => answer['objects'].length)
    return {
      list: (await who.must('GET', 'assets/v1/assets/'))['total'],
      contents: (await who.must('GET', `assets/v1/collections/${collection['id']}/contents/`))['total'],
      info: (await who.must('GET', `assets/v1/collections/${collection['id']}/content/info/`))[
        'assets_count'
      ],
      relations: (await who.must('GET', `assets/v1/assets/${open['id']}/relations/`))['total'],
      sums: (await who.must('GET', 'files/v1/files/checksum/abc/'))['total'],
      found: search['total'],
      segments: (await who.must('POST', 'search/v1/search/', { doc_types: ['segments'], query: 'zebra' }))[
        'total'
      ],
      facets: search['facets'].category.buckets.length,
      titles: await suggest('title', 'zebra'),
      categories: await suggest('category', 'hid'),
    }
  }
  const everything = {
    list: 2,
    contents: 2,
    info: 2,
    relations: 1,
    sums: 1,
    found: 2,
    segments: 1,
    facets: 2,
    titles: 2,
    categories: 1,
  }
  expect(await look({ must })).toEqual(everything)
  expect(await look(bob)).toEqual({
    list: 1,
    contents: 1,
    info: 1,
    relations: 0,
    sums: 0,
    found: 1,
    segments: 0,
    facets: 1,
    titles: 1,
    categories: 0,
  })
  for (const { id } of [open, secret]) await must('DELETE', `assets/v1/assets/${id}/`)
  expect((await bob.must('GET', 'assets/v1/delete_queue/assets/'))['total']).toBe(1)
  expect(await status(bob, 'POST', 'assets/v1/delete_queue/assets/purge/', { ids: [secret.id] })).toBe(403)
  await bob.must('POST', 'assets/v1/delete_queue/assets/purge/all/')
  expect((await must('GET', 'assets/v1/delete_queue/assets/')).objects.map((row: Json) => row['id'])).toEqual(
    [secret.id],
  )
})

it('no call that changes many reaches what the caller may not change', async () => {
  const { must, person, grant } = await withPeople()
  const bob = await person('bob')
  const collection = await must('POST', 'assets/v1/collections/', { title: 'c' })
  await grant('collections', collection['id'], { user_ids: [bob.id] }, ['read', 'write', 'delete'])
  const asset = await must('POST', 'assets/v1/assets/?assign_to_collection=true', {
    title: 'mine',
    collection_id: collection['id'],
  })
  await grant('assets', asset['id'], { user_ids: [bob.id] }, ['read'])
  const view = (await must('GET', 'metadata/v1/views/')).objects.find((row: Json) => row['name'] === 'Clip')
  const values = { metadata_values: { Project: { field_values: [{ value: 'x' }] } } }
  const ids = { object_ids: [asset['id']] }
  for (const [method, path, body] of [
    ['PATCH', 'assets/v1/assets/', { objects: [{ id: asset['id'], title: 'stolen' }] }],
    ['PUT', `metadata/v1/assets/views/${view.id}/`, { ...ids, ...values }],
    ['PUT', `metadata/v1/assets/${asset['id']}/views/${view.id}/`, values],
    ['POST', 'assets/v1/delete_queue/assets/', { ids: [asset['id']] }],
    ['POST', 'assets/v1/delete_queue/bulk/', { object_type: 'assets', ...ids }],
    [
      'PUT',
      'acls/v1/acl/assets/',
      { object_keys: [asset['id']], user_ids: [bob.id], permissions: ['write'] },
    ],
  ] as const)
    expect([path, await status(bob, method, path, body)]).toEqual([path, 403])
  const { job_id: jobId } = await bob.must('POST', 'assets/v1/delete_queue/bulk/', {
    object_type: 'collections',
    object_ids: [collection['id']],
  })
  await expect.poll(async () => (await must('GET', `jobs/v1/jobs/${jobId}/`))['status']).toBe('FAILED')
  expect((await must('GET', `assets/v1/assets/${asset['id']}/`))['status']).toBe('ACTIVE')
})

it('roles make no administrators', async () => {
  const { must, person } = await withPeople()
  const bob = await person('bob')
  const admin = await must('GET', 'users/v1/users/current/')
  expect(await status(bob, 'PATCH', `users/v1/users/${bob.id}/`, { is_admin: true })).toBe(403)
  const app = await bob.must('POST', 'auth/v1/apps/', { name: 'mine', default_user_id: admin['id'] })
  expect(await status(bob, 'POST', `auth/v1/apps/${app['id']}/token/`)).toBe(403)
})
