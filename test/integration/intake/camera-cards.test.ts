import { utimesSync } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type CardFiles,
  avchdCard,
  canonXfCard,
  goProCard,
  p2Card,
  redMagazine,
  without,
  xavcCard,
  xdcamDisc,
  xdcamExCard,
} from '@test/support/camera-cards.ts'
import { buildFerry, runFerry } from '@test/support/ferry-command.ts'
import { runWorkspace } from '@test/support/running-workspace.ts'
import type { RunningWorkspace } from '@test/support/running-workspace.ts'
import { tempFolder } from '@test/support/temp-folder.ts'
import { whatArrived } from '@test/support/what-arrived.ts'

beforeAll(buildFerry, 120_000)

const longAgo = new Date(Date.now() - 3_600_000)

async function writeCard(folder: string, card: CardFiles): Promise<void> {
  for (const [place, content] of Object.entries(card)) {
    const file = path.join(folder, place)
    await fs.mkdir(path.dirname(file), { recursive: true })
    const before = await fs.readFile(file).catch(() => null)
    if (before?.equals(Buffer.from(content))) continue
    await fs.writeFile(file, content)
    const when = before ? new Date(longAgo.getTime() + 1000) : longAgo
    utimesSync(file, when, when)
  }
}

async function uploadCard(card: CardFiles, options: { server?: RunningWorkspace; args?: string[] } = {}) {
  const server = options.server ?? (await runWorkspace())
  const [base, state] = [await tempFolder(), await tempFolder()]
  const folder = path.join(base, 'CARD A')
  await writeCard(folder, card)
  const upload = (...args: string[]) =>
    runFerry(['upload', folder, '--state', state, '--json', ...args], {
      FERRY_URL: server.workspace.url,
      FERRY_APP_ID: server.workspace.appId,
      FERRY_AUTH_TOKEN: server.workspace.authToken,
    })
  return { server, folder, upload, run: await upload(...(options.args ?? [])) }
}

/** Places of the files of each asset, as its one file set holds them. */
async function fileSets(server: RunningWorkspace): Promise<Record<string, string[]>> {
  const arrived = await whatArrived(server)
  expect(arrived.every(({ formats, fileSets: sets }) => formats === 1 && sets === 1)).toBe(true)
  return Object.fromEntries(
    arrived.map(({ title, files }) => [
      title,
      files.map((file) => path.posix.join(file.directoryPath, file.originalName)).sort(),
    ]),
  )
}

/** A RED magazine is the card, whatever folder it lies in. */
const placesOn = (card: CardFiles) =>
  Object.keys(card)
    .map((place) => place.replace(/^[^/]*\.RDM\//, ''))
    .sort()

const cardEvents = (events: Record<string, unknown>[]) => events.filter(({ event }) => event === 'card')

describe('camera cards, uploaded', () => {
  it.each<[string, CardFiles, string[]]>([
    ['P2', p2Card([{ id: '0001AB' }, { id: '0002CD', audio: 2 }]), ['0001AB', '0002CD']],
    ['an XDCAM disc', xdcamDisc(['C0001', 'C0002']), ['C0001', 'C0002']],
    ['XAVC', xavcCard(['C0001', 'C0002']), ['C0001', 'C0002']],
    ['XDCAM EX', xdcamExCard({ '709_001': 2, '709_002': 1 }), ['709_001', '709_002_01']],
    ['AVCHD', avchdCard([['00000', '00001'], ['00002']]), ['00000.MTS', '00002.MTS']],
    ['Canon XF', canonXfCard({ AA0001: 2, AA0002: 1 }), ['AA0001', 'AA0002']],
    [
      'RED',
      redMagazine({ A001_C001_0925AB: 3, A001_C002_0925XY: 1 }),
      ['A001_C001_0925AB', 'A001_C002_0925XY'],
    ],
    ['GoPro', goProCard({ '0123': 3, '0124': 1 }), ['GX010123.MP4', 'GX010124.MP4']],
  ])(
    'brings %s as one asset a clip, every file in one file set, and says that the card may be erased',
    async (kind, card, titles) => {
      const { server, folder, upload, run } = await uploadCard(card)
      expect(run.stderr).toBe('')
      expect(run.code).toBe(0)
      const sets = await fileSets(server)
      expect(Object.keys(sets).sort()).toEqual(titles)
      expect(Object.values(sets).flat().sort()).toEqual(placesOn(card))
      expect(cardEvents(run.events)).toMatchObject([
        {
          path: expect.stringContaining(folder),
          kinds: [expect.any(String)],
          isSafeToErase: true,
          files: Object.keys(card).length,
        },
      ])
      const again = await upload()
      expect(again.code).toBe(0)
      expect(again.events.filter(({ event }) => event === 'done')).toEqual([])
      expect(cardEvents(again.events)).toMatchObject([{ isSafeToErase: true }])
      // One file that nobody knows is enough.
      await writeCard(folder, { 'new.mov': `not yet sent from ${kind}` })
      const dry = await upload('--dry-run')
      expect(dry.events.filter((event) => event['decision'] === 'upload')).toHaveLength(1)
    },
    120_000,
  )

  it.each<[string, CardFiles, string[], string, RegExp]>([
    [
      'P2',
      without(p2Card([{ id: '0001AB' }, { id: '0002CD' }]), 'CONTENTS/AUDIO/0002CD03.MXF'),
      ['0001AB'],
      'CONTENTS/AUDIO/0002CD03.MXF',
      /AUDIO\/0002CD03\.MXF of clip 0002CD is missing/,
    ],
    [
      'RED',
      without(
        redMagazine({ A001_C001_0925AB: 1, A001_C002_0925XY: 3 }),
        'A001_0925AB.RDM/A001_C002_0925XY.RDC/A001_C002_0925XY_002.R3D',
      ),
      ['A001_C001_0925AB'],
      'A001_0925AB.RDM/A001_C002_0925XY.RDC/A001_C002_0925XY_002.R3D',
      /A001_C002_0925XY_002\.R3D is missing/,
    ],
    [
      'GoPro',
      without(goProCard({ '0123': 1, '0124': 3 }), 'DCIM/100GOPRO/GX020124.MP4'),
      ['GX010123.MP4'],
      'DCIM/100GOPRO/GX020124.MP4',
      /Chapter 2 of GX010124\.MP4 is missing/,
    ],
  ])(
    'holds back the clip of %s that lacks a part until it is there',
    async (_, card, whole, lost, reason) => {
      const { server, folder, upload, run } = await uploadCard(card)
      expect(run.code).toBe(1)
      expect(Object.keys(await fileSets(server))).toEqual(whole)
      expect(run.events.filter(({ event }) => event === 'failed')).toMatchObject([
        { state: 'not-queued', reason: expect.stringMatching(reason) },
      ])
      expect(cardEvents(run.events)).toMatchObject([{ isSafeToErase: false }])

      await writeCard(folder, { [lost]: 'what was missing' })
      const complete = await upload()
      expect(complete.code).toBe(0)
      expect(
        Object.values(await fileSets(server))
          .flat()
          .sort(),
      ).toEqual(placesOn({ ...card, [lost]: '' }))
      expect(cardEvents(complete.events)).toMatchObject([{ isSafeToErase: true }])
    },
    120_000,
  )

  it('sends an incomplete clip as it is when a person says so', async () => {
    const card = without(p2Card([{ id: '0001AB' }]), 'CONTENTS/AUDIO/0001AB00.MXF')
    const { server, run } = await uploadCard(card, { args: ['--incomplete', 'upload'] })
    expect(run.code).toBe(0)
    expect(
      Object.values(await fileSets(server))
        .flat()
        .sort(),
    ).toEqual(Object.keys(card).sort())
    expect(cardEvents(run.events)).toMatchObject([{ isSafeToErase: true }])
  }, 60_000)

  it('joins what a card gained since, without a second asset or version of what was there', async () => {
    const { server, folder, upload } = await uploadCard(p2Card([{ id: '0001AB' }]))
    await writeCard(folder, p2Card([{ id: '0001AB' }, { id: '0002CD' }]))
    const run = await upload()
    expect(run.code).toBe(0)
    const sets = await fileSets(server)
    expect(Object.keys(sets).sort()).toEqual(['0001AB', '0002CD'])
    expect(sets['0002CD']).toHaveLength(9)
    // The card's list of clips changed: its new state stands beside the old one.
    expect(sets['0001AB']?.filter((name) => name === 'LASTCLIP.TXT')).toHaveLength(2)
    expect(cardEvents(run.events)).toMatchObject([{ isSafeToErase: true }])
  }, 60_000)
})
