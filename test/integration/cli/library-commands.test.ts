import type { CliServices, CliWorld } from '@main/cli/cli-world.ts'
import type { CliEvent } from '@main/cli/output.ts'
import { createProgram, runProgram } from '@main/cli/program.ts'
import { createAsset, createView, libraryWorld, type LibraryWorld } from '@test/support/library-world.ts'
import { describe, expect, it, onTestFinished } from 'vitest'

/** Runs one command as the signed-in account of a workspace. */
async function ferry(world: LibraryWorld, args: string[], interrupted = new AbortController().signal) {
  const events: ({ event: CliEvent } & Record<string, unknown>)[] = []
  const said: string[] = []
  let isClosed = false
  const cli = {
    output: {
      isJson: true,
      event: (event: CliEvent, facts: Record<string, unknown>) => void events.push({ event, ...facts }),
      say: (text: string) => void said.push(text),
      warn: (...lines: string[]) => void said.push(...lines),
      progress: () => {},
      isAllThereIs: false,
    },
    defaultStateDir: '/none',
    interrupted,
    openServices: async () =>
      ({
        session: world.session.require(),
        close: async () => void (isClosed = true),
      }) as unknown as CliServices,
    openJournal: () => {
      throw new Error('not in this test')
    },
    serveWorkspace: () => {
      throw new Error('not in this test')
    },
  } satisfies Partial<CliWorld> as Partial<CliWorld> as CliWorld
  const code = await runProgram(createProgram(cli, '0'), cli, args)
  return { code, events, said, isClosed }
}

async function signedIn() {
  const before = process.exitCode
  onTestFinished(() => void (process.exitCode = before))
  const world = await libraryWorld()
  world.signIn()
  return world
}

describe('ferry search, asset, jobs and metadata', () => {
  it('finds assets by words that may hold signs of the query language', async () => {
    const world = await signedIn()
    const id = await createAsset(world, 'Jetty (take: 2).mov')
    await createAsset(world, 'Road.mov')
    const { code, events, isClosed } = await ferry(world, ['search', 'jetty (take:'])
    expect(code).toBe(0)
    expect(events).toMatchObject([
      { event: 'asset', id, title: 'Jetty (take: 2).mov' },
      { event: 'summary', found: 1 },
    ])
    expect(isClosed).toBe(true)
    expect((await ferry(world, ['search', '*', '--raw', '--limit', '1'])).events).toHaveLength(2)
  })

  it('shows an asset, and says which argument is no id', async () => {
    const world = await signedIn()
    const id = await createAsset(world, 'Jetty.mov')
    expect((await ferry(world, ['asset', id])).events).toMatchObject([
      { id, title: 'Jetty.mov', formats: [] },
    ])
    const refused = await ferry(world, ['asset', '../etc'])
    expect(refused).toMatchObject({ code: 2, events: [] })
    expect(refused.said.join()).toContain('../etc')
    const unknown = id.replace(/^./, (digit) => (digit === 'f' ? '0' : 'f'))
    expect(await ferry(world, ['asset', unknown])).toMatchObject({ code: 1 })
  })

  it('has no advice about retrying where nothing was queued', async () => {
    const world = await signedIn()
    const { code, said } = await ferry(world, ['asset', '00000000-0000-4000-8000-000000000000'])
    expect(code).toBe(1)
    expect(said.join(' ')).toContain(
      'Look at what the server says; once that is put right, run the command again.',
    )
    expect(said.join(' ')).not.toContain('retry')
  })

  it('writes and reads metadata by the name of a view', async () => {
    const world = await signedIn()
    await createView(world)
    const id = await createAsset(world, 'Jetty.mov')
    const set = [
      '--view',
      'Clapper',
      '--set',
      'BoardScene=14',
      '--set',
      'BoardTags=rain',
      '--set',
      'BoardTags=night',
    ]
    const { events } = await ferry(world, ['metadata', 'set', id, ...set])
    expect(events).toMatchObject([{ values: { BoardScene: ['14'], BoardTags: ['rain', 'night'] } }])
    await ferry(world, ['metadata', 'set', id, '--view', 'Clapper', '--set', 'BoardTags='])
    const read = await ferry(world, ['metadata', 'get', id, '--view', 'Clapper'])
    const values = read.events[0]?.['values'] as Record<string, string[]>
    expect([values['BoardScene'], values['BoardTags'] ?? []]).toEqual([['14'], []])
    expect((await ferry(world, ['metadata', 'get', id, '--view', 'Nothing'])).said.join()).toContain(
      'Clapper',
    )
  })

  it('shows jobs, and with --follow goes on until it is interrupted', async () => {
    const world = await signedIn()
    await world.call('POST', '/jobs/v1/jobs/', { title: 'Analyse', type: 'ANALYZE', status: 'STARTED' })
    expect((await ferry(world, ['jobs'])).events).toMatchObject([
      { event: 'job', title: 'Analyse', status: 'STARTED' },
    ])
    const interrupt = new AbortController()
    const following = ferry(world, ['jobs', '--follow'], interrupt.signal)
    setTimeout(() => interrupt.abort('SIGINT'), 500)
    expect((await following).events).toHaveLength(1)
  })
})
