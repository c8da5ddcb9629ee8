import { describe, expect, it } from 'vitest'
import { findCards, readCards } from '@main/core/intake/cards/find-cards.ts'
import { groupClips } from '@main/core/intake/group-clips.ts'
import type { IntakeFile } from '@main/core/intake/intake-file.ts'
import { readinessGroup } from '@main/core/intake/readiness-groups.ts'
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

const bytesOf = (content: string | Uint8Array) =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content

/** What becomes of a card that was copied into a folder. */
function recognise(card: CardFiles, folder = 'CARD') {
  const files: IntakeFile[] = Object.entries(card).map(([place, content]) => {
    const relativePath = folder === '' ? place : `${folder}/${place}`
    return {
      path: `/in/${relativePath}`,
      relativePath,
      sizeBytes: bytesOf(content).length,
      mtimeMs: 1,
      inode: relativePath,
    }
  })
  const contentOf = new Map(files.map((file, at) => [file, bytesOf(Object.values(card)[at] ?? '')]))
  const cards = findCards(files)
  const reading = readCards(cards, (file) => contentOf.get(file) ?? null)
  const { clips, orphans } = groupClips(files, {
    cardClips: reading.clips,
    cardStrays: reading.strays,
    sequences: [],
    metadataFiles: new Set(),
  })
  const inClips = clips.flatMap((clip) => clip.files.map((file) => file.path))
  // Nothing of a card is in two clips, and nothing is left out.
  expect(inClips.toSorted()).toEqual([...new Set(inClips)].sort())
  expect(inClips.length + orphans.length).toBe(files.length)
  return {
    kinds: [...new Set(clips.map(({ card: of }) => of?.kind))],
    names: clips.map(({ card: of }) => of?.name),
    clips: Object.fromEntries(clips.map((clip) => [clip.title, clip.files.map((file) => file.relativePath)])),
    missing: Object.fromEntries(
      clips
        .filter(({ card: of }) => of && of.missing.length > 0)
        .map((clip) => [clip.title, clip.card?.missing]),
    ),
    remarks: clips.flatMap(({ card: of }) => of?.remarks ?? []),
    lost: reading.lost.flatMap(({ missing }) => missing),
    essence: Object.fromEntries(
      clips.map((clip) => [clip.title, clip.files.filter(({ role }) => role === 'essence').length]),
    ),
    clipsFull: clips,
  }
}

const whole: [string, CardFiles, string, Record<string, number>, Record<string, number>][] = [
  // kind, card, name of the kind, files of each clip, essence of each clip
  [
    'P2',
    p2Card([{ id: '0001AB' }, { id: '0002CD', audio: 2 }]),
    'P2',
    { '0001AB': 10, '0002CD': 7 },
    { '0001AB': 5, '0002CD': 3 },
  ],
  ['an XDCAM disc', xdcamDisc(['C0001', 'C0002']), 'XDCAM', { C0001: 8, C0002: 5 }, { C0001: 1, C0002: 1 }],
  ['XDCAM with user names', xdcamDisc(['Office_0001']), 'XDCAM', { Office_0001: 8 }, { Office_0001: 1 }],
  [
    'XAVC',
    xavcCard(['C0001', 'C0002', 'C0003']),
    'XAVC',
    { C0001: 5, C0002: 4, C0003: 4 },
    { C0001: 1, C0002: 1, C0003: 1 },
  ],
  [
    'XDCAM EX, a shot in two parts',
    xdcamExCard({ '709_001': 2, '709_002': 1 }),
    'XDCAM EX',
    { '709_001': 12, '709_002_01': 4 },
    { '709_001': 2, '709_002_01': 1 },
  ],
  [
    'AVCHD, a recording in three files',
    avchdCard([['00000', '00001', '00002'], ['00003']]),
    'AVCHD',
    { '00000.MTS': 9, '00003.MTS': 3 },
    { '00000.MTS': 3, '00003.MTS': 1 },
  ],
  [
    'Canon XF',
    canonXfCard({ AA0001: 2, AA0002: 1 }),
    'Canon XF',
    { AA0001: 9, AA0002: 3 },
    { AA0001: 2, AA0002: 1 },
  ],
  [
    'RED',
    redMagazine({ A001_C001_0925AB: 3, A001_C002_0925XY: 1 }),
    'RED',
    { A001_C001_0925AB: 4, A001_C002_0925XY: 2 },
    { A001_C001_0925AB: 3, A001_C002_0925XY: 1 },
  ],
  [
    'GoPro',
    goProCard({ '0123': 3, '0124': 1 }),
    'GoPro',
    { 'GX010123.MP4': 9, 'GX010124.MP4': 3 },
    { 'GX010123.MP4': 3, 'GX010124.MP4': 1 },
  ],
]

const damaged: [string, CardFiles, Record<string, RegExp>][] = [
  [
    'P2 without a sound file',
    without(p2Card([{ id: '0001AB' }]), 'CONTENTS/AUDIO/0001AB02.MXF'),
    { '0001AB': /AUDIO\/0001AB02\.MXF/ },
  ],
  [
    'P2 without the picture',
    without(p2Card([{ id: '0001AB' }, { id: '0002CD' }]), 'CONTENTS/VIDEO/0002CD.MXF'),
    { '0002CD': /VIDEO\/0002CD\.MXF/ },
  ],
  [
    'P2 without the description',
    without(p2Card([{ id: '0001AB' }]), 'CONTENTS/CLIP/0001AB.XML'),
    { '0001AB': /0001AB\.XML/ },
  ],
  [
    'P2 with a broken description',
    { ...p2Card([{ id: '0001AB' }]), 'CONTENTS/CLIP/0001AB.XML': '<P2Main><Clip' },
    { '0001AB': /cannot be read/ },
  ],
  [
    'P2 whose shot goes on elsewhere',
    p2Card([{ id: '0001AB', globalId: 'G1', next: 'G2' }]),
    { '0001AB': /goes on in/ },
  ],
  [
    'P2 whose shot began elsewhere',
    p2Card([{ id: '0001AB', globalId: 'G2', previous: 'G1', top: 'G1' }]),
    { '0001AB': /goes on from/ },
  ],
  [
    'P2 with an empty picture',
    { ...p2Card([{ id: '0001AB' }]), 'CONTENTS/VIDEO/0001AB.MXF': '' },
    { '0001AB': /is empty/ },
  ],
  [
    'XDCAM without a description',
    without(xdcamDisc(['C0001', 'C0002']), 'Clip/C0002M01.XML'),
    { C0002: /C0002M01\.XML/ },
  ],
  ['XDCAM without the media', without(xdcamDisc(['C0001', 'C0002']), 'Clip/C0002.MXF'), { C0002: /C0002/ }],
  [
    'XAVC without a thumbnail',
    without(xavcCard(['C0001']), 'PRIVATE/M4ROOT/THMBNL/C0001T01.JPG'),
    { C0001: /THMBNL\/C0001T01\.JPG/ },
  ],
  [
    'XDCAM EX without the first part',
    without(
      xdcamExCard({ '709_001': 2 }),
      ...Object.keys(xdcamExCard({ '709_001': 2 })).filter((path) => path.includes('709_001_01/')),
    ),
    { '709_001': /709_001_01\.MP4/ },
  ],
  [
    'XDCAM EX without the media',
    without(xdcamExCard({ '709_001': 1 }), 'BPAV/CLPR/709_001_01/709_001_01.MP4'),
    { '709_001_01': /MP4 is missing/ },
  ],
  [
    'AVCHD without a description',
    without(avchdCard([['00000']]), 'PRIVATE/AVCHD/BDMV/CLIPINF/00000.CPI'),
    { '00000.MTS': /00000\.CPI/ },
  ],
  [
    'AVCHD without the middle of a recording',
    without(avchdCard([['00000', '00001', '00002']]), 'PRIVATE/AVCHD/BDMV/STREAM/00001.MTS'),
    { '00000.MTS': /00001\.MTS/ },
  ],
  [
    'Canon XF without .SIF',
    without(canonXfCard({ AA0001: 2 }), 'CONTENTS/CLIPS001/AA0001/AA000101.SIF'),
    { AA0001: /AA000101\.SIF/ },
  ],
  [
    'Canon XF without the first part',
    without(
      canonXfCard({ AA0001: 2 }),
      ...['MXF', 'CIF', 'XML', 'SIF'].map((kind) => `CONTENTS/CLIPS001/AA0001/AA000101.${kind}`),
    ),
    { AA0001: /AA000101\.MXF/ },
  ],
  [
    'RED without the middle part',
    without(
      redMagazine({ A001_C001_0925AB: 3 }),
      'A001_0925AB.RDM/A001_C001_0925AB.RDC/A001_C001_0925AB_002.R3D',
    ),
    { A001_C001_0925AB: /_002\.R3D/ },
  ],
  [
    'GoPro without the first chapter',
    without(goProCard({ '0123': 2 }), 'DCIM/100GOPRO/GX010123.MP4'),
    { 'GX020123.MP4': /Chapter 1/ },
  ],
]

describe('camera cards', () => {
  it.each(whole)('makes one clip of each recording of %s', (_, card, kind, files, essence) => {
    const found = recognise(card)
    expect(found.kinds).toEqual([kind])
    expect(found.missing).toEqual({})
    expect(found.lost).toEqual([])
    expect(
      Object.fromEntries(Object.entries(found.clips).map(([id, members]) => [id, members.length])),
    ).toEqual(files)
    expect(found.essence).toEqual(essence)
  })

  it.each(whole)(
    'recognises %s spelled in lower case, and at the top of what was dropped',
    (_, card, kind, files) => {
      const lower = Object.fromEntries(
        Object.entries(card).map(([path, content]) => [path.toLowerCase(), content]),
      )
      const found = recognise(lower, '')
      expect(found.kinds).toEqual([kind])
      expect(found.missing).toEqual({})
      expect(Object.keys(found.clips)).toHaveLength(Object.keys(files).length)
    },
  )

  it.each(damaged)('names what is missing of %s', (_, card, missing) => {
    const found = recognise(card)
    expect(Object.keys(found.missing)).toEqual(Object.keys(missing))
    for (const [title, text] of Object.entries(missing))
      expect(found.missing[title]?.join('\n')).toMatch(text)
  })

  it.each(whole)('lets the files of %s wait for each other', (_, card) => {
    const groups = Object.keys(card).map((path) => readinessGroup(`CARD/${path}`))
    expect(groups.filter(({ isLong }) => !isLong)).toEqual([])
    expect(new Set(groups.map(({ card: of }) => of)).size).toBe(1)
  })

  it('keeps the places of files below the card, and names the card by its folder', () => {
    const found = recognise(p2Card([{ id: '0001AB', audio: 1 }]), 'day 1/A001')
    expect(found.names).toEqual(['A001'])
    expect(found.clips['0001AB']).toEqual([
      'CONTENTS/VIDEO/0001AB.MXF',
      'CONTENTS/AUDIO/0001AB00.MXF',
      'CONTENTS/CLIP/0001AB.XML',
      'CONTENTS/ICON/0001AB.BMP',
      'CONTENTS/PROXY/0001AB.MP4',
      'CONTENTS/VOICE/0001AB00.WAV',
      'LASTCLIP.TXT',
    ])
    expect(found.clipsFull[0]).toMatchObject({ rootPath: '/in/day 1/A001', directory: 'day 1/A001' })
  })

  it('joins a P2 shot that went on within a card, whatever its clips are called', () => {
    const found = recognise(
      p2Card([
        { id: '0003ZZ', globalId: 'G3', previous: 'G2', top: 'G1', audio: 1 },
        { id: '0001AB', globalId: 'G1', next: 'G2', audio: 1 },
        { id: '0002CD', globalId: 'G2', previous: 'G1', next: 'G3', top: 'G1', audio: 1 },
        { id: '0004EF', audio: 1 },
      ]),
    )
    expect(found.missing).toEqual({})
    expect(Object.keys(found.clips)).toEqual(['0001AB', '0004EF'])
    expect(found.essence['0001AB']).toBe(6)
  })

  it('joins a P2 shot that went on on another card', () => {
    const first = p2Card([{ id: '0001AB', globalId: 'G1', next: 'G2', audio: 1 }])
    const second = p2Card([{ id: '0007XY', globalId: 'G2', previous: 'G1', top: 'G1', audio: 1 }])
    const both = {
      ...Object.fromEntries(Object.entries(first).map(([path, content]) => [`CARD A/${path}`, content])),
      ...Object.fromEntries(Object.entries(second).map(([path, content]) => [`CARD B/${path}`, content])),
    }
    const found = recognise(both, 'day 1')
    expect(found.missing).toEqual({})
    expect(found.clipsFull[0]).toMatchObject({ title: '0001AB', rootPath: '/in/day 1' })
    expect(found.clips['0001AB']).toContain('CARD B/CONTENTS/VIDEO/0007XY.MXF')
  })

  it('joins the clips of a Sony take', () => {
    const found = recognise(xdcamDisc(['C0001', 'C0002', 'C0003'], { T0001: ['C0001', 'C0002'] }))
    expect(Object.keys(found.clips)).toEqual(['C0003', 'T0001'])
    expect(found.essence['T0001']).toBe(2)
  })

  it('reports what a card lists and has nothing of', () => {
    const card = xavcCard(['C0001', 'C0002'])
    const found = recognise(without(card, ...Object.keys(card).filter((path) => path.includes('C0002'))))
    expect(found.lost.join('\n')).toMatch(/C0002\.MP4/)
    expect(Object.keys(found.clips)).toEqual(['C0001'])
  })

  it.each([
    ['CONTENTS', p2Card([{ id: '0001AB' }]), 'P2'],
    ['M4ROOT', xavcCard(['C0001']), 'XAVC'],
    ['BPAV', xdcamExCard({ '709_001': 2 }), 'XDCAM EX'],
    ['x3/AVCHD', avchdCard([['00000', '00001']]), 'AVCHD'],
    ['BDMV', avchdCard([['00000']]), 'AVCHD'],
    ['CONTENTS', canonXfCard({ AA0001: 2 }), 'Canon XF'],
    ['A001.RDM', redMagazine({ A001_C001_0925AB: 2 }), 'RED'],
  ] as const)('knows a card in a folder %s that has the name of its structure', (folder, card, kind) => {
    const found = recognise(card, folder)
    expect(found.kinds).toEqual([kind])
    expect(found.missing).toEqual({})
    expect(Object.values(found.clips)).toEqual(Object.values(recognise(card).clips))
  })

  it('takes two structures on one card, and leaves its photographs to themselves', () => {
    const found = recognise({
      ...xavcCard(['C0001']),
      ...avchdCard([['00000']]),
      'DCIM/100MSDCF/DSC00001.ARW': 'raw',
      'DCIM/100MSDCF/DSC00002.JPG': 'jpeg',
    })
    expect(Object.keys(found.clips).sort()).toEqual(['00000.MTS', 'C0001', 'DSC00001.ARW', 'DSC00002.JPG'])
  })

  it('tells P2 and Canon XF apart, which share the folder CONTENTS', () => {
    const found = recognise({ ...p2Card([{ id: '0001AB' }]), ...canonXfCard({ AA0001: 1 }) })
    expect(found.kinds.sort()).toEqual(['Canon XF', 'P2'])
  })

  it('keeps chapters of a GoPro apart from photographs of the same number', () => {
    const found = recognise({
      ...goProCard({ '0123': 2 }),
      'DCIM/100GOPRO/GOPR0123.JPG': 'photo',
      'DCIM/100GOPRO/GOPR0123.GPR': 'raw',
    })
    expect(found.essence).toEqual({ 'GX010123.MP4': 2, 'GOPR0123.JPG': 2 })
  })

  it('knows the names of older GoPros', () => {
    const found = recognise({
      'DCIM/100GOPRO/GOPR0042.MP4': 'a',
      'DCIM/100GOPRO/GP010042.MP4': 'b',
      'DCIM/100GOPRO/GP030042.MP4': 'd',
    })
    expect(found.clips['GOPR0042.MP4']).toHaveLength(3)
    expect(found.missing['GOPR0042.MP4']?.join()).toMatch(/Chapter 3/)
  })

  it('does not take folders with card-like names for cards', () => {
    const found = recognise({
      'Clip/a.mxf': 'a',
      'CONTENTS/readme.txt': 'b',
      'Take/one.mov': 'c',
      'index.xml': '<a/>',
    })
    expect(found.kinds).toEqual([undefined])
  })

  it('refuses entities in index files', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY x "y">]><P2Main><ClipContent/></P2Main>'
    const found = recognise({ ...p2Card([{ id: '0001AB' }]), 'CONTENTS/CLIP/0001AB.XML': bomb })
    expect(found.missing['0001AB']?.[0]).toMatch(/cannot be read/)
  })
})
