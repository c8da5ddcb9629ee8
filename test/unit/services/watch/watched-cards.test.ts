import { describe, expect, it } from 'vitest'
import { type CardFiles, p2Card, redMagazine, without, xavcCard } from '@test/support/camera-cards.ts'
import { watchWorld } from '@test/support/watch-world.ts'

async function watching() {
  const world = watchWorld()
  world.fileSystem.addFolder('/in')
  const { folders, journal } = world.build()
  await folders.start()
  const { id } = await folders.add('/in', { duplicates: 'skip' })
  await world.clock.pass(100)
  const copy = (folder: string, card: CardFiles) => {
    for (const [place, content] of Object.entries(card)) {
      const path = folder === '.' ? `/in/${place}` : `/in/${folder}/${place}`
      world.fileSystem.write(path, typeof content === 'string' ? content : new TextDecoder().decode(content))
      world.watcher.tell({ kind: 'changed', path })
    }
  }
  const cards = () => folders.cards(id, new AbortController().signal)
  const uploads = () =>
    world.queue.plans.flatMap(({ clips }) =>
      clips
        .filter(({ decision }) => !['skip', 'wait'].includes(decision.do))
        .map(({ clip, decision }) => `${decision.do} ${clip.title} (${clip.files.length})`),
    )
  return { ...world, folders, journal, id, copy, cards, uploads, view: () => folders.list()[0] }
}

describe('cards in a watch folder', () => {
  it('waits until a card is whole and quiet, then sends each clip once', async () => {
    const world = await watching()
    const card = p2Card([{ id: '0001AB' }, { id: '0002CD' }])
    const places = Object.keys(card)
    // A slow copy with pauses that are longer than the settle time of single files.
    for (const place of places) {
      world.copy('CARD', { [place]: card[place] ?? '' })
      await world.clock.pass(20_000)
    }
    expect(world.uploads()).toEqual([])
    await world.clock.pass(61_000)
    expect(world.uploads()).toEqual(['upload 0001AB (10)', 'upload 0002CD (9)'])
    expect(await world.cards()).toMatchObject([
      { name: 'CARD', kinds: ['P2'], files: 19, verifiedFiles: 0, isSafeToErase: false },
    ])
    world.queue.finish()
    await world.clock.pass(1000)
    expect(await world.cards()).toMatchObject([{ verifiedFiles: 19, isSafeToErase: true, open: [] }])
  })

  it('is not safe to erase while anything on it is unknown, changed, or only queued', async () => {
    const world = await watching()
    world.copy('CARD', xavcCard(['C0001']))
    await world.clock.pass(70_000)
    world.queue.finish()
    await world.clock.pass(1000)
    expect(await world.cards()).toMatchObject([{ isSafeToErase: true }])
    world.fileSystem.write('/in/CARD/DCIM/100MSDCF/DSC00001.ARW', 'a photograph that no event told of')
    expect(await world.cards()).toMatchObject([
      {
        isSafeToErase: false,
        open: [{ path: '/in/CARD/DCIM/100MSDCF/DSC00001.ARW', reason: expect.stringMatching(/not taken/) }],
      },
    ])
    await world.clock.pass(700_000)
    expect(await world.cards()).toMatchObject([
      { isSafeToErase: false, open: [{ reason: expect.stringMatching(/not verified/) }] },
    ])
    world.queue.finish()
    await world.clock.pass(1000)
    expect(await world.cards()).toMatchObject([{ isSafeToErase: true, files: 6 }])
    world.fileSystem.write('/in/CARD/PRIVATE/M4ROOT/CLIP/C0001.MP4', 'other bytes')
    expect(await world.cards()).toMatchObject([
      { isSafeToErase: false, open: [{ reason: expect.stringMatching(/changed/) }] },
    ])
  })

  it('leaves ignored files out of account', async () => {
    const world = await watching()
    world.copy('CARD', { ...xavcCard(['C0001']), '.DS_Store': 'x', 'System Volume Information/a': 'y' })
    await world.clock.pass(70_000)
    world.queue.finish()
    await world.clock.pass(1000)
    expect(await world.cards()).toMatchObject([{ isSafeToErase: true, files: 5 }])
  })

  it('holds back a clip that lacks a part, sends it when that comes, and leaves nothing waiting', async () => {
    const world = await watching()
    const card = redMagazine({ A001_C001_0925AB: 1, A001_C002_0925XY: 3 })
    const lost = Object.keys(card).find((place) => place.endsWith('XY_002.R3D')) ?? ''
    world.copy('day 1', without(card, lost))
    await world.clock.pass(70_000)
    expect(world.uploads()).toEqual(['upload A001_C001_0925AB (2)'])
    expect(world.view()?.counts.needsYou).toBe(3)
    expect(await world.cards()).toMatchObject([
      {
        isHeldBack: true,
        open: expect.arrayContaining([
          {
            path: expect.stringContaining('XY_001'),
            reason: expect.stringMatching(/XY_002\.R3D is missing/),
          },
        ]),
      },
    ])
    world.copy('day 1', { [lost]: card[lost] ?? '' })
    await world.clock.pass(70_000)
    expect(world.uploads()).toEqual(['upload A001_C001_0925AB (2)', 'upload A001_C002_0925XY (4)'])
    expect(world.view()?.counts.needsYou).toBe(0)
    world.queue.finish()
    await world.clock.pass(1000)
    expect(await world.cards()).toMatchObject([{ isSafeToErase: true, isHeldBack: false }])
  })

  it('sends an incomplete clip when a person releases its card, and only that card', async () => {
    const world = await watching()
    const broken = (id: string) => without(p2Card([{ id }]), `CONTENTS/AUDIO/${id}01.MXF`)
    world.copy('CARD A', broken('0001AB'))
    world.copy('CARD B', broken('0002CD'))
    await world.clock.pass(70_000)
    expect(world.uploads()).toEqual([])
    expect(world.folders.releaseCard(world.id, '/in/CARD A')).toBe(9)
    await world.clock.pass(2000)
    expect(world.uploads()).toEqual(['upload 0001AB (9)'])
    expect((await world.cards()).map(({ name, isHeldBack }) => [name, isHeldBack])).toEqual([
      ['CARD A', false],
      ['CARD B', true],
    ])
  })

  it('joins a shot that goes on on a card that is copied later', async () => {
    const world = await watching()
    world.copy('CARD A', p2Card([{ id: '0001AB', globalId: 'G1', next: 'G2', audio: 1 }]))
    await world.clock.pass(70_000)
    expect(world.uploads()).toEqual([])
    world.copy('CARD B', p2Card([{ id: '0007XY', globalId: 'G2', previous: 'G1', top: 'G1', audio: 1 }]))
    await world.clock.pass(70_000)
    expect(world.uploads()).toEqual(['upload 0001AB (14)'])
    expect(world.view()?.counts.needsYou).toBe(0)
  })

  it('knows after a restart what it sent and what waits', async () => {
    const world = await watching()
    world.copy('CARD A', p2Card([{ id: '0001AB' }]))
    world.copy('CARD B', without(p2Card([{ id: '0002CD' }]), 'CONTENTS/VIDEO/0002CD.MXF'))
    await world.clock.pass(70_000)
    world.queue.finish()
    await world.clock.pass(1000)
    await world.folders.stop()
    const again = world.build().folders
    await again.start()
    await world.clock.pass(120_000)
    expect(world.uploads()).toEqual(['upload 0001AB (10)'])
    expect(await again.cards(world.id, new AbortController().signal)).toMatchObject([
      { name: 'CARD A', isSafeToErase: true },
      { name: 'CARD B', isSafeToErase: false, isHeldBack: true },
    ])
  })
})

describe('equal files that come together', () => {
  it('sends one; the other is done when that one is verified', async () => {
    const world = await watching()
    world.copy('.', { 'a.mov': 'same bytes', 'b.mov': 'same bytes' })
    await world.clock.pass(7000)
    expect(world.uploads()).toEqual(['upload a.mov (1)'])
    expect(world.journal.counts(world.id)).toMatchObject({ sent: 2, done: 0 })
    world.queue.finish()
    await world.clock.pass(1000)
    expect(world.journal.counts(world.id)).toMatchObject({ sent: 0, done: 2 })
  })
})
