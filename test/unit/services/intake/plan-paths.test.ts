import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { planPaths } from '@main/services/intake/plan-paths.ts'
import { intakeWorld, tellingProbe } from '@test/support/intake-world.ts'

const OLD = { mtimeMs: 1_600_000_000_000 }

describe('planning paths', () => {
  it('makes a clip of every file that is media, with its place below the folder', async () => {
    const world = intakeWorld()
    world.fileSystem.write('/card/a.mov', 'a', OLD)
    world.fileSystem.write('/card/day 1/b “q” 🎬.wav', 'b', OLD)
    world.fileSystem.write('/card/.DS_Store', 'x', OLD)
    const { plan, report } = await planPaths(world, ['/card'], { mirrorTree: true })
    expect(plan.clips.map(({ clip, target }) => [clip.title, clip.directory, target.collectionPath])).toEqual(
      [
        ['a.mov', '', []],
        ['b “q” 🎬.wav', 'day 1', ['day 1']],
      ],
    )
    expect(report).toMatchObject({ scannedFiles: 2, ignoredFiles: 1, problems: [] })
  })

  it('names a missing path, and takes one that is named, also inside a folder that is handed over', async () => {
    const world = intakeWorld()
    world.fileSystem.write('/card/a.mov', 'a', OLD)
    world.fileSystem.write('/card/.kept/b.mov', 'bb', OLD)
    world.fileSystem.write('/card/.kept/left.mov', 'ccc', OLD)
    const { plan, report } = await planPaths(
      world,
      ['/card', '/card/typo.mov', '/card/.kept/b.mov', '/card/a.mov'],
      {},
    )
    expect(plan.clips.map(({ clip }) => clip.title).sort()).toEqual(['a.mov', 'b.mov'])
    expect(report.problems).toEqual([{ path: '/card/typo.mov', reason: expect.any(String) as string }])
  })

  it('skips without reading what was uploaded from this path, and hashes only namesakes in size', async () => {
    const world = intakeWorld()
    world.fileSystem.write('/in/a.mov', 'same content', OLD)
    await world.queue.enqueue((await planPaths(world, ['/in'], {})).plan)
    world.queue.finish()
    world.fileSystem.write('/in/copy.mov', 'same content', OLD)
    world.fileSystem.write('/in/same-size.mov', 'like content', OLD)
    world.fileSystem.write('/in/other.mov', 'of another size', OLD)
    world.hasher.hashed.length = 0
    const { plan } = await planPaths(world, ['/in'], {})
    const decisions = Object.fromEntries(plan.clips.map(({ clip, decision }) => [clip.title, decision]))
    expect(decisions['a.mov']).toMatchObject({ do: 'skip', reason: 'unchanged' })
    expect(decisions['copy.mov']).toMatchObject({ do: 'skip', reason: 'duplicate' })
    expect(decisions['same-size.mov']).toEqual({ do: 'upload' })
    expect(decisions['other.mov']).toEqual({ do: 'upload' })
    expect(world.hasher.hashed.sort()).toEqual(['/in/copy.mov', '/in/same-size.mov'])
  })

  it.each([
    ['version', { do: 'version' }],
    ['ingest', { do: 'upload' }],
    ['skip', { do: 'wait' }],
  ] as const)('treats a file that changed after its upload by the policy %s', async (changed, decision) => {
    const world = intakeWorld()
    world.fileSystem.write('/in/a.mov', 'first', OLD)
    await world.queue.enqueue((await planPaths(world, ['/in'], {})).plan)
    world.queue.finish()
    world.fileSystem.write('/in/a.mov', 'second cut', { mtimeMs: 1_650_000_000_000 })
    const { plan } = await planPaths(world, ['/in'], { changed })
    expect(plan.clips[0]?.decision).toMatchObject(decision)
  })

  it('does not send again what was only touched', async () => {
    const world = intakeWorld()
    world.fileSystem.write('/in/a.mov', 'first', OLD)
    await world.queue.enqueue((await planPaths(world, ['/in'], {})).plan)
    world.queue.finish()
    world.fileSystem.write('/in/a.mov', 'first', { mtimeMs: 1_650_000_000_000 })
    const { plan } = await planPaths(world, ['/in'], {})
    expect(plan.clips[0]?.decision).toMatchObject({ do: 'skip', reason: 'duplicate' })
  })

  it('never takes an empty file for a duplicate', async () => {
    const world = intakeWorld()
    world.fileSystem.write('/in/a.mov', '', OLD)
    await world.queue.enqueue((await planPaths(world, ['/in'], {})).plan)
    world.queue.finish()
    world.fileSystem.write('/in/b.mov', '', OLD)
    const { plan } = await planPaths(world, ['/in/b.mov'], {})
    expect(plan.clips[0]?.decision).toEqual({ do: 'upload' })
  })

  it('waits for a file that is being written, and takes its final size', async () => {
    const world = intakeWorld()
    world.fileSystem.write('/in/grow.mov', '1')
    const planning = planPaths(world, ['/in'], {})
    await world.clock.pass(3000)
    world.fileSystem.write('/in/grow.mov', '1234')
    await world.clock.pass(20_000)
    const { plan } = await planning
    expect(plan.clips[0]?.clip.files[0]?.sizeBytes).toBe(4)
  })

  it('reports a file that does not come to rest, and goes on with the others', async () => {
    const world = intakeWorld()
    world.fileSystem.write('/in/a.mov', 'a', OLD)
    world.fileSystem.write('/in/hot.mov', 'h', OLD)
    world.fileSystem.setOpenForWriting('/in/hot.mov', true)
    const planning = planPaths(world, ['/in'], {}, { patienceMs: 20_000 })
    await world.clock.pass(60_000)
    const { plan, report } = await planning
    expect(plan.clips.map(({ clip }) => clip.title)).toEqual(['a.mov'])
    expect(report.problems).toEqual([
      { path: '/in/hot.mov', reason: expect.stringMatching(/still being written/) },
    ])
  })

  it('names links and what cannot be read, and goes on', async () => {
    const world = intakeWorld()
    world.fileSystem.write('/in/a.mov', 'a', OLD)
    world.fileSystem.addSymlink('/in/link.mov')
    world.fileSystem.write('/in/locked/x.mov', 'x', OLD)
    world.fileSystem.makeUnreadable('/in/locked')
    const { plan, report } = await planPaths(world, ['/in', '/gone'], {})
    expect(plan.clips.map(({ clip }) => clip.title)).toEqual(['a.mov'])
    expect(report.problems.map(({ path }) => path).sort()).toEqual(['/gone', '/in/link.mov', '/in/locked'])
  })

  it('refuses a token that means nothing before anything is scanned', async () => {
    const world = intakeWorld()
    await expect(planPaths(world, ['/in'], { metadata: { Scene: ['{exif_Model}'] } })).rejects.toMatchObject({
      code: 'contract.invalid-input',
      message: expect.stringContaining('{exif.Model}'),
    })
    expect(world.fileSystem.calls.walk).toBe(0)
  })

  it('takes numbered pictures of one size without a camera for a sequence, and a card of photos for photos', async () => {
    const world = intakeWorld({
      probe: tellingProbe((path) => ({
        components: [{ name: 'IMAGE', type: 'IMAGE', metadata: { width: '1920', height: '1080' } }],
        embedded: (path.includes('photos') ? { 'exif.Model': 'X-T5' } : {}) as Record<string, string>,
      })),
    })
    for (let n = 1; n <= 30; n++) {
      world.fileSystem.write(`/in/render/f.${String(n).padStart(4, '0')}.png`, `${n}`, OLD)
      world.fileSystem.write(`/in/photos/f.${String(n).padStart(4, '0')}.jpg`, `${n}`, OLD)
    }
    const { plan } = await planPaths(world, ['/in'], {})
    expect(plan.clips.filter(({ clip }) => clip.kind === 'sequence').map(({ clip }) => clip.title)).toEqual([
      'f.[0001-0030].png',
    ])
    expect(plan.clips).toHaveLength(31)
  })
})

describe('clips with the same bytes in one plan', () => {
  it('sends one and names the other as its duplicate', async () => {
    const world = intakeWorld()
    world.fileSystem.write('/in/a.mov', 'same content', OLD)
    world.fileSystem.write('/in/b/copy.mov', 'same content', OLD)
    world.fileSystem.write('/in/c.mov', 'like content', OLD)
    world.fileSystem.write('/in/empty 1.mov', '', OLD)
    world.fileSystem.write('/in/empty 2.mov', '', OLD)
    const { plan, report } = await planPaths(world, ['/in'], {})
    const of = Object.fromEntries(plan.clips.map(({ clip, decision }) => [clip.title, decision.do]))
    expect(of).toEqual({
      'a.mov': 'upload',
      'c.mov': 'upload',
      'copy.mov': 'skip',
      'empty 1.mov': 'upload',
      'empty 2.mov': 'upload',
    })
    expect(report.remarks.find(({ title }) => title === 'copy.mov')?.remark).toMatch(/Identical to “a\.mov”/)
  })

  it('sends all of them where the policy says so', async () => {
    const world = intakeWorld()
    world.fileSystem.write('/in/a.mov', 'same content', OLD)
    world.fileSystem.write('/in/b.mov', 'same content', OLD)
    const { plan } = await planPaths(world, ['/in'], { duplicates: 'ingest' })
    expect(plan.clips.map(({ decision }) => decision.do)).toEqual(['upload', 'upload'])
  })
})

describe('content that iconik knows', () => {
  const md5 = createHash('md5').update('sent by another station').digest('hex')

  it.each([
    ['skip', { do: 'skip', reason: 'duplicate', assetId: 'a1' }],
    ['version', { do: 'version', assetId: 'a1' }],
    ['ingest', { do: 'upload' }],
  ] as const)('is found by MD5 and treated by the policy %s', async (duplicates, decision) => {
    const asked: string[] = []
    const world = intakeWorld({
      libraryHasSize: (sizeBytes) => sizeBytes === 23,
      api: {
        files: {
          filesByChecksum: async (sum: string) => {
            asked.push(sum)
            return sum === md5 ? [{ assetId: 'a1', fileId: 'f1', status: 'CLOSED' }] : []
          },
        },
        assets: { get: async () => ({ title: 'known.mov', status: 'ACTIVE' }) },
      },
    })
    world.fileSystem.write('/in/a.mov', 'sent by another station', OLD)
    world.fileSystem.write('/in/b.mov', 'of the same size, other', OLD)
    world.fileSystem.write('/in/c.mov', 'of a size that nobody has', OLD)
    const { plan } = await planPaths(world, ['/in'], { duplicates })
    expect(plan.clips[0]?.decision).toEqual(decision)
    expect(plan.clips.slice(1).map((clip) => clip.decision.do)).toEqual(['upload', 'upload'])
    // What cannot be known already is not read for it.
    expect(asked).toHaveLength(duplicates === 'ingest' ? 0 : 2)
    expect(world.hasher.hashed).not.toContain('/in/c.mov')
  })
})
