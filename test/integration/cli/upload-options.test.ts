import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { XMLParser } from 'fast-xml-parser'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '@main/adapters/node/sqlite-database.ts'
import { createUploadJournal } from '@main/adapters/node/upload-journal/upload-journal.ts'
import { c4Id } from '@main/core/receipt/asc-mhl.ts'
import { age, buildFerry, runFerry, startFerry, writeRandomFile } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import type { RunningWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { whatArrived } from '@test/support/what-arrived.ts'

beforeAll(buildFerry, 120_000)

const MIB = 1024 * 1024

interface Call {
  method: string
  path: string
  startedAt: string
  at: string
}

interface World {
  server: RunningWorkspace
  source: string
  state: string
  upload: (...options: string[]) => ReturnType<typeof runFerry>
}

async function world(): Promise<World> {
  const server = await runWorkspace()
  const [source, state] = [await tempFolder(), await tempFolder()]
  const env = {
    FERRY_URL: server.workspace.url,
    FERRY_APP_ID: server.workspace.appId,
    FERRY_AUTH_TOKEN: server.workspace.authToken,
  }
  return {
    server,
    source,
    state,
    upload: (...options) => runFerry(['upload', source, '--state', state, '--json', ...options], env),
  }
}

/** A call that the client has no need of. */
async function ask<T>(
  { workspace }: RunningWorkspace,
  where: string,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
): Promise<T> {
  const answer = await fetch(`${workspace.url}/API/${where}`, {
    method,
    headers: {
      'app-id': workspace.appId,
      'auth-token': workspace.authToken,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

const assetIds = (run: Awaited<ReturnType<typeof runFerry>>) =>
  run.events.filter(({ event }) => event === 'done').map(({ assetId }) => String(assetId))

describe('options of ferry upload', () => {
  it('an empty path or option is refused, by every command, and stands for no current directory', async () => {
    const state = await tempFolder()
    for (const [args, told] of [
      [['upload', ''], 'The path that was given is empty.'],
      [['watch', 'a', ''], 'The path that was given is empty.'],
      [['workspace', 'seed', '--assets', '1', '--data', ''], 'What was given for --data is empty.'],
      [['upload', 'a.mov', '--receipt='], 'What was given for --receipt is empty.'],
    ] as const) {
      const run = await runFerry([...args, '--state', state])
      expect(run).toMatchObject({ code: 2, stdout: '' })
      expect(run.stderr).toContain(told)
    }
  })

  it('--storage sends to the storage of that name or id', async () => {
    const { server, source, upload } = await world()
    writeRandomFile(path.join(source, 'a.bin'), 1000)
    const storages = await server.api.storages.list()
    const b2 = storages.find(({ method, purpose }) => method === 'B2' && purpose === 'FILES')
    expect(await upload('--storage', b2?.name ?? '')).toMatchObject({ code: 0, stderr: '' })
    expect((await whatArrived(server))[0]?.files[0]?.storageId).toBe(b2?.id)

    writeRandomFile(path.join(source, 'b.bin'), 1000)
    const gcs = storages.find(({ method, purpose }) => method === 'GCS' && purpose === 'FILES')
    expect(await upload('--storage', gcs?.id ?? '')).toMatchObject({ code: 0, stderr: '' })
    const used = (await whatArrived(server)).map((asset) => asset.files[0]?.storageId)
    expect(used.sort()).toEqual([b2?.id, gcs?.id].sort())
  }, 60_000)

  it('--access says who may see what arrives: those of the collection, or only who sent it', async () => {
    const { server, source, upload } = await world()
    const group = await ask<{ id: string }>(server, 'users/v1/groups/', { name: 'Editors', roles: [] })
    const readers = async (access: string) => {
      writeRandomFile(path.join(source, `${access}.bin`), 1000)
      const run = await upload('--access', access, '--collection', 'Shared')
      expect(run).toMatchObject({ code: 0, stderr: '' })
      const rights = await ask<Record<string, unknown>>(server, `acls/v1/acl/assets/${assetIds(run)[0]}/`)
      return JSON.stringify(rights).includes(group.id)
    }
    // The command makes the collection, with nobody's rights but its maker's.
    expect(await readers('default')).toBe(false)
    const { rows } = await server.api.collections.list(1, 100)
    const shared = rows.find(({ title }) => title === 'Shared')
    const grant = { object_keys: [shared?.id], group_ids: [group.id], permissions: ['read'] }
    await ask(server, 'acls/v1/acl/collections/', grant, 'PUT')
    expect(await readers('private')).toBe(false)
    expect(await readers('collection')).toBe(true)
  }, 60_000)

  it.runIf(process.platform !== 'win32')('sends a file with a backslash in its name', async () => {
    const { server, source, upload } = await world()
    mkdirSync(path.join(source, 'x\\y'))
    for (const name of ['a\\b.bin', 'c\\..\\..\\..\\c.bin', 'x\\y/d.bin'])
      writeRandomFile(path.join(source, name), 1000)
    const run = await upload('--mirror-tree')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const names = (await whatArrived(server)).map(({ files }) => files[0]?.originalName)
    expect(names.sort()).toEqual(['a\\b.bin', 'c\\..\\..\\..\\c.bin', 'd.bin'])
  })

  it('gaps and empty frames of a sequence are told by a dry run, its event, and when it is done', async () => {
    const { source, upload } = await world()
    for (const number of [1, 2, 5])
      writeRandomFile(path.join(source, `t.000${number}.exr`), number === 2 ? 0 : 100)
    const told = '2 frames are missing: 3-4. 1 frame is empty: 2.'
    const dry = await upload('--dry-run')
    expect(dry.events.find(({ event }) => event === 'planned')?.['remark']).toBe(told)
    const { code, events } = await upload()
    expect(code).toBe(0)
    expect(events.find(({ event }) => event === 'done')?.['remark']).toBe(told)
  })

  it('metadata that the server refuses has an event, and the command ends with 1', async () => {
    const { server, source, upload } = await world()
    writeRandomFile(path.join(source, 'a.bin'), 1000)
    const run = await upload('--view', 'Clip', '--set', 'Take={stem}')
    expect(run.code).toBe(1)
    expect(run.events.find(({ event }) => event === 'warning')).toMatchObject({
      path: path.join(source, 'a.bin'),
      assetId: assetIds(run)[0],
      reason: expect.stringContaining('The metadata was refused') as unknown,
    })
    expect(await whatArrived(server)).toHaveLength(1)
  })

  it('--view and --set give metadata that the server shows', async () => {
    const { server, source, upload } = await world()
    writeRandomFile(path.join(source, 'shot_12.bin'), 1000)
    const run = await upload('--view', 'Clip', '--set', 'Project=Heron', '--set', 'Description={stem} <b>')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const view = (await server.api.metadata.listViews()).find(({ name }) => name === 'Clip')
    const { values } = await server.api.metadata.getValues(
      'assets',
      assetIds(run)[0] ?? '',
      view?.id as never,
    )
    expect(values).toMatchObject({ Project: ['Heron'], Description: ['shot_12 <b>'] })
  }, 60_000)

  it('--duplicates decides about content that was uploaded before', async () => {
    const { server, source, upload } = await world()
    writeRandomFile(path.join(source, 'a.bin'), 5000)
    const [original] = assetIds(await upload())
    const copy = (name: string) => {
      writeFileSync(path.join(source, name), readFileSync(path.join(source, 'a.bin')))
      age(path.join(source, name))
    }
    copy('b.bin')
    expect(assetIds(await upload('--duplicates', 'skip'))).toEqual([])
    expect(await whatArrived(server)).toHaveLength(1)
    copy('c.bin')
    const asVersion = assetIds(await upload('--duplicates', 'version'))
    expect(new Set(asVersion)).toEqual(new Set([original]))
    expect((await server.api.assets.get(original as never)).versions.length).toBeGreaterThan(1)
    copy('d.bin')
    const anew = assetIds(await upload('--duplicates', 'ingest'))
    expect(anew.length).toBeGreaterThan(0)
    expect(anew).not.toContain(original)
  }, 90_000)

  it('--changed decides about a file that was written to since', async () => {
    const { server, source, upload } = await world()
    const file = path.join(source, 'a.bin')
    writeRandomFile(file, 5000)
    const [original] = assetIds(await upload())
    writeRandomFile(file, 6000)
    expect(assetIds(await upload('--changed', 'skip'))).toEqual([])
    expect(assetIds(await upload('--changed', 'version'))).toEqual([original])
    expect((await server.api.assets.get(original as never)).versions).toHaveLength(2)
    writeRandomFile(file, 7000)
    const [anew] = assetIds(await upload('--changed', 'ingest'))
    expect(anew).toBeTruthy()
    expect(anew).not.toBe(original)
    expect(await whatArrived(server)).toHaveLength(2)
  }, 90_000)

  it('--concurrency 1 begins a clip only when the one before is closed', async () => {
    const { server, source, upload } = await world()
    for (const name of ['a', 'b', 'c']) writeRandomFile(path.join(source, `${name}.bin`), 2 * MIB)
    expect(await upload('--concurrency', '1')).toMatchObject({ code: 0 })
    const { lastCalls } = (await server.inspect()) as { lastCalls: Call[] }
    const steps = lastCalls.flatMap(({ method, path: where }) =>
      method === 'POST' && where.endsWith('/assets/')
        ? ['begin']
        : method === 'PATCH' && /\/files\//.test(where)
          ? ['end']
          : [],
    )
    expect(steps).toEqual(['begin', 'end', 'begin', 'end', 'begin', 'end'])
  }, 60_000)

  it.each([1, 3])(
    '--parts-at-once %d is how many parts are on their way together',
    async (most) => {
      const { server, source, upload } = await world()
      writeRandomFile(path.join(source, 'a.bin'), 40 * MIB)
      await server.setFaults([{ match: 'PUT /_storage/*', action: 'delay', ms: 400 }])
      expect(await upload('--parts-at-once', String(most))).toMatchObject({ code: 0 })
      const { lastCalls } = (await server.inspect()) as { lastCalls: Call[] }
      const parts = lastCalls.filter(
        ({ method, path: where }) => method === 'PUT' && where.startsWith('/_storage'),
      )
      const underWay = parts.map(
        ({ startedAt }) => parts.filter((part) => part.startedAt <= startedAt && startedAt < part.at).length,
      )
      expect(parts).toHaveLength(5)
      expect(Math.max(...underWay)).toBe(most)
    },
    60_000,
  )

  it('--limit holds the bytes back', async () => {
    const { source, upload } = await world()
    writeRandomFile(path.join(source, 'a.bin'), 4 * MIB)
    const run = await upload('--limit', '1M')
    // The first second is granted at once. No upper bound: the machine may be busy.
    expect(Number(run.events.find(({ event }) => event === 'summary')?.['seconds'])).toBeGreaterThan(2.5)
  }, 60_000)

  it('--wait-previews ends when the jobs of previews have ended', async () => {
    const { server, source, state, upload } = await world()
    const previewOf = (name: string) => {
      const database = openDatabase(path.join(state, 'ferry.db'))
      const journal = createUploadJournal(database)
      const rows = journal
        .accounts()
        .flatMap((account) => journal.list(account, { states: null, text: name } as never, 0, 10).rows)
      database.close()
      return rows[0]?.preview
    }
    writeRandomFile(path.join(source, 'without.mov'), 1000)
    expect(await upload()).toMatchObject({ code: 0 })
    expect(previewOf('without')).toBe('running')
    writeRandomFile(path.join(source, 'with.mov'), 1000)
    expect(await upload('--wait-previews')).toMatchObject({ code: 0 })
    expect(previewOf('with')).toBe('done')
    expect((await whatArrived(server)).length).toBe(2)
  }, 60_000)

  it('--offline-wait bounds the waiting for a server that went away, and keeps the rows', async () => {
    const { server, source, state } = await world()
    for (const name of ['a', 'b']) writeRandomFile(path.join(source, `${name}.bin`), 20 * MIB)
    const env = {
      FERRY_URL: server.workspace.url,
      FERRY_APP_ID: server.workspace.appId,
      FERRY_AUTH_TOKEN: server.workspace.authToken,
    }
    const args = [
      'upload',
      source,
      '--state',
      state,
      '--offline-wait',
      '0.02',
      '--limit',
      '2M',
      '--concurrency',
      '1',
    ]
    const { ended } = startFerry(args, env)
    const begun = async () => (await server.api.search.assets({ query: '*', perPage: 10 })).total
    await expect.poll(begun, { timeout: 30_000 }).toBeGreaterThan(0)
    await server.workspace.close()
    const run = await ended
    expect(run.code).toBe(4)
    expect(run.stderr).toMatch(/ferry resume/)
    const status = await runFerry(['status', '--state', state])
    expect(status.stdout).toMatch(/a\.bin/)
    expect(status.stdout).toMatch(/b\.bin/)
  }, 60_000)

  it.each([
    [['--concurrency', '0'], /concurrency/],
    [['--parts-at-once', '9'], /parts-at-once/],
    [['--limit', 'fast'], /10M/],
    [['--access', 'nobody'], /collection, private, default/],
    [['--duplicates', 'maybe'], /skip, version, ingest/],
    [['--changed', 'maybe'], /version, ingest, skip/],
    [['--offline-wait', 'long'], /offline-wait/],
    [['--storage', 'Attic'], /no storage “Attic”.*There are: .+/],
    [['--view', 'Nowhere', '--set', 'a=b'], /no metadata view “Nowhere”.*Clip/],
    [
      ['--view', 'Clip', '--set', 'Nope=x'],
      /has no field “Nope”. It has: Description, Project, Scene, Take,/,
    ],
    [['--view', 'Clip', '--set', 'Take=abc'], /“abc” does not fit into “Take”: it takes a whole number\./],
    [['--view', 'Clip', '--set', 'Camera=E'], /it takes one of A, B, C, D, Drone, GoPro\./],
    [['--set', 'novalue'], /FIELD=VALUE/],
    [['--frobnicate'], /frobnicate/],
  ])(
    '%s is a mistake in the call: exit 2, and it is named',
    async (options, words) => {
      const { source, upload } = await world()
      writeRandomFile(path.join(source, 'a.bin'), 10)
      const run = await upload(...options)
      expect(run.code).toBe(2)
      expect(run.stderr).toMatch(words)
    },
    60_000,
  )
})

describe('receipts of ferry upload', () => {
  it('--receipt writes a page, a table and a manifest, and nothing into the source', async () => {
    const { source, upload } = await world()
    const receipts = await tempFolder()
    const md5 = writeRandomFile(path.join(source, '=cmd|<i>.bin'), 1000)
    mkdirSync(path.join(source, 'CLIPS'))
    writeRandomFile(path.join(source, 'CLIPS', 'b.bin'), 2 * MIB)
    const run = await upload('--receipt', receipts)
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const [folder = ''] = readdirSync(receipts)
    expect(run.events.find(({ event }) => event === 'receipt')).toMatchObject({
      path: path.join(receipts, folder),
    })
    const page = readFileSync(path.join(receipts, folder, 'receipt.html'), 'utf8')
    expect(page).toContain('&lt;i&gt;')
    expect(page).not.toContain('<i>')
    const table = readFileSync(path.join(receipts, folder, 'receipt.csv'), 'utf8')
    for (const id of assetIds(run)) expect(table).toContain(id)
    expect(table).toContain(md5)
    expect(readdirSync(path.join(receipts, folder, 'ascmhl')).sort()).toEqual([
      expect.stringMatching(/^0001_.*Z\.mhl$/) as string,
      'ascmhl_chain.xml',
    ])
    expect(readdirSync(source).sort()).toEqual(['=cmd|<i>.bin', 'CLIPS'])
  }, 60_000)

  it('--mhl-in-place makes a history in the source, and adds a generation the next time', async () => {
    const { source, upload } = await world()
    writeRandomFile(path.join(source, 'a.bin'), 1000)
    mkdirSync(path.join(source, 'CLIPS'))
    writeRandomFile(path.join(source, 'CLIPS', 'b.bin'), 2000)
    expect(await upload('--mhl-in-place')).toMatchObject({ code: 0, stderr: '' })
    const folder = path.join(source, 'ascmhl')
    const manifests = () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.mhl'))
        .sort()
    expect(manifests()).toHaveLength(1)

    writeRandomFile(path.join(source, 'CLIPS', 'c.bin'), 3000)
    expect(await upload('--mhl-in-place', '--duplicates', 'ingest')).toMatchObject({ code: 0, stderr: '' })
    const names = manifests()
    expect(names.map((name) => name.slice(0, 4))).toEqual(['0001', '0002'])
    expect(existsSync(path.join(source, 'CLIPS', 'ascmhl'))).toBe(false)
    const parser = new XMLParser({
      ignoreAttributes: false,
      isArray: (name) => name === 'hash' || name === 'hashlist',
    })
    const read = (name: string) => parser.parse(readFileSync(path.join(folder, name), 'utf8'))
    const said = read(names[1] ?? '').hashlist[0].hashes.hash.map(
      (hash: { path: { '#text': string }; xxh128: { '@_action': string } }) => [
        hash.path['#text'],
        hash.xxh128['@_action'],
      ],
    )
    expect(said).toContainEqual(['CLIPS/c.bin', 'original'])
    const chain = read('ascmhl_chain.xml').ascmhldirectory.hashlist
    expect(chain.map((entry: { path: string }) => entry.path)).toEqual(names)
    // Each by the C4 id of its bytes, the first one too: it was not touched.
    const c4Of = (name: string) =>
      c4Id(
        createHash('sha512')
          .update(readFileSync(path.join(folder, name)))
          .digest('hex'),
      )
    expect(chain.map((entry: { c4: string }) => entry.c4)).toEqual(names.map(c4Of))
  }, 60_000)

  it('a receipt that cannot be written is named, and the exit code says that something is missing', async () => {
    const { source, upload } = await world()
    writeRandomFile(path.join(source, 'a.bin'), 1000)
    const blocked = path.join(await tempFolder(), 'a-file')
    writeFileSync(blocked, 'no folder')
    const run = await upload('--receipt', blocked)
    expect(run.code).toBe(1)
    expect(run.stderr).toContain(blocked)
    expect(assetIds(run)).toHaveLength(1)
  }, 60_000)
})
