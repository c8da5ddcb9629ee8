import { describe, expect, it } from 'vitest'
import type { AccountId } from '@contract/ids.ts'
import type { PlanView } from '@contract/uploads.ts'
import { PlanSessions } from '@main/services/intake/plan-sessions.ts'
import { intakeWorld } from '@test/support/intake-world.ts'

const OLD = { mtimeMs: 1_600_000_000_000 }

function sessions() {
  const world = intakeWorld()
  const signedIn = { accountId: 'one' as AccountId }
  const plans = new PlanSessions({ ...world, intake: world.queue, accountId: () => signedIn.accountId })
  const views: PlanView[] = []
  plans.onChanged((view) => views.push(view))
  return { world, plans, views, signedIn }
}

describe('a plan on its way to the queue', () => {
  it('answers at once, grows, and is announced a few times at most', async () => {
    const { world, plans, views } = sessions()
    for (let n = 0; n < 2000; n++) world.fileSystem.write(`/in/d${n % 7}/clip ${n}.mov`, `${n}`, OLD)
    const first = await plans.open(['/in'], {})
    expect(first.state).toBe('scanning')
    await world.clock.pass(1000)
    const last = views.at(-1)
    expect(last).toMatchObject({ state: 'ready', title: 'in', scannedFiles: 2000 })
    expect(last?.totals).toMatchObject({ clips: 2000, files: 2000, problems: 0, collections: 0 })
    expect(views.length).toBeLessThan(6)
    expect(
      plans.clips(first.id, {
        groupId: 'folder:d0',
        problemsOnly: false,
        window: { offset: 280, limit: 50 },
      }),
    ).toMatchObject({
      total: 286,
      rows: { length: 6 },
    })
  })

  it('counts an empty file as something to look at', async () => {
    const { world, plans, views } = sessions()
    world.fileSystem.write('/in/a.mov', '', OLD)
    world.fileSystem.write('/in/b.mov', 'b', OLD)
    await plans.open(['/in'], {})
    await world.clock.pass(1000)
    expect(views.at(-1)?.totals).toMatchObject({ clips: 2, problems: 1 })
  })

  it('does not go to another account than the one that it was made for', async () => {
    const { world, plans, signedIn } = sessions()
    world.fileSystem.write('/in/a.mov', 'a', OLD)
    const { id } = await plans.open(['/in'], {})
    await world.clock.pass(1000)
    signedIn.accountId = 'other' as AccountId
    await expect(plans.confirm(id)).rejects.toMatchObject({
      code: 'api.invalid',
      message: expect.stringContaining('another account') as string,
    })
    expect(world.queue.plans).toEqual([])
    signedIn.accountId = 'one' as AccountId
    expect(await plans.confirm(id)).toMatchObject({ clips: 1 })
  })

  it('hands to the queue what is included, with the targets as they are then', async () => {
    const { world, plans } = sessions()
    world.fileSystem.write('/in/a.mov', 'a', OLD)
    world.fileSystem.write('/in/sub/b.mov', 'bb', OLD)
    const { id } = await plans.open(['/in'], {})
    await world.clock.pass(1000)
    await plans.setTargets(id, { mirrorTree: true, collectionPath: ['Show', 'Day {date}'] })
    const [first] = plans.clips(id, {
      groupId: null,
      problemsOnly: false,
      window: { offset: 0, limit: 10 },
    }).rows
    const view = plans.include(id, { clipIds: [first?.id ?? ''], groupIds: [], included: false })
    expect(view.totals).toMatchObject({ clips: 1, collections: 3 })
    const { clips } = await plans.confirm(id)
    expect(clips).toBe(1)
    expect(world.queue.plans[0]).toMatchObject({
      source: 'drop',
      clips: [
        {
          clip: { title: 'b.mov' },
          target: { collectionPath: ['Show', expect.stringMatching(/^Day 20\d\d-/), 'sub'] },
        },
      ],
    })
    expect(() => plans.view(id)).toThrow(/not there any more/)
  })

  it('says which token means nothing, and does not start until it is mended', async () => {
    const { world, plans } = sessions()
    world.fileSystem.write('/in/a.mov', 'a', OLD)
    const { id } = await plans.open(['/in'], { metadata: { Scene: ['{sidecr.Scene}'] } })
    await world.clock.pass(1000)
    expect(plans.view(id).blockers).toEqual([
      { field: 'Scene', text: expect.stringContaining('{sidecar.Scene}') },
    ])
    await expect(plans.confirm(id)).rejects.toMatchObject({ code: 'api.invalid' })
    await plans.setTargets(id, { metadata: {} })
    await expect(plans.confirm(id)).resolves.toMatchObject({ clips: 1 })
  })

  it('shows what is uploaded already in a group of its own', async () => {
    const { world, plans } = sessions()
    world.fileSystem.write('/in/a.mov', 'a', OLD)
    const first = await plans.open(['/in'], {})
    await world.clock.pass(1000)
    await plans.confirm(first.id)
    world.queue.finish()
    const second = await plans.open(['/in'], {})
    await world.clock.pass(1000)
    expect(plans.view(second.id).groups).toMatchObject([{ id: 'duplicates', clipCount: 1, includedCount: 0 }])
    await expect(plans.confirm(second.id)).rejects.toMatchObject({
      message: expect.stringMatching(/nothing/),
    })
  })

  it('refuses paths that are not there, by name', async () => {
    const { plans } = sessions()
    await expect(plans.open(['/none'], {})).rejects.toMatchObject({
      code: 'file.missing',
      message: expect.stringContaining('/none'),
    })
  })
})
