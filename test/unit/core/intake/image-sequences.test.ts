import { describe, expect, it } from 'vitest'
import { findCards, readCards } from '@main/core/intake/cards/find-cards.ts'
import { groupClips } from '@main/core/intake/group-clips.ts'
import {
  areFrames,
  findSequences,
  frameReport,
  rangesOf,
  sequenceTitle,
} from '@main/core/intake/image-sequences.ts'

const file = (relativePath: string, sizeBytes = 1) => ({
  path: `/in/${relativePath}`,
  relativePath,
  sizeBytes,
  mtimeMs: 1,
  inode: '',
})
const numbered = (head: string, numbers: readonly number[], tail: string, padding = 4) =>
  numbers.map((number) => `${head}${String(number).padStart(padding, '0')}${tail}`)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)

const titles = (paths: readonly string[]) =>
  findSequences(paths.map((path) => file(path))).map(({ facts }) => sequenceTitle(facts))

describe('sidecars of sequences', () => {
  const frames = numbered('t.', [1, 2, 3], '.exr')
  const grouped = (...others: string[]) => {
    const files = [...frames, ...others].map((path) => file(`d/${path}`))
    return groupClips(files, {
      cardClips: [],
      sequences: findSequences(files),
      metadataFiles: new Set(),
    })
  }

  it.each(['t.0001.exr.xmp', 't.0002.xmp', 't.xmp', 'T.exr.xmp'])('%s joins at once', (sidecar) => {
    const { clips, orphans } = grouped(sidecar)
    expect(orphans).toEqual([])
    expect(clips.map(({ metadataSidecars }) => metadataSidecars)).toEqual([[`/in/d/${sidecar}`]])
  })

  it('go to the file of their name where there is one', () => {
    const { clips } = grouped('t.mov', 't.xmp', 't.srt')
    expect(clips.map(({ kind, metadataSidecars }) => [kind, metadataSidecars])).toEqual([
      ['sequence', []],
      ['file', ['/in/d/t.xmp']],
    ])
  })

  it('go along as files where nothing is described', () => {
    const { clips, orphans } = grouped('t.0001.exr.srt')
    expect(orphans).toEqual([])
    expect(clips[0]?.files.at(-1)).toMatchObject({ relativePath: 't.0001.exr.srt', role: 'sidecar' })
  })
})

describe('image sequences', () => {
  it.each<[string, string[], string[]]>([
    ['dots', numbered('shot.', range(1001, 1100), '.exr'), ['shot.[1001-1100].exr']],
    ['underscores', numbered('shot_', range(1, 5), '.dpx'), ['shot_[0001-0005].dpx']],
    ['no separator', numbered('shot', range(1, 5), '.tga'), ['shot[0001-0005].tga']],
    ['a tail', numbered('s.', range(1, 5), '_left.exr'), ['s.[0001-0005]_left.exr']],
    [
      'two views',
      [...numbered('s_l.', range(1, 3), '.exr'), ...numbered('s_r.', range(1, 3), '.exr')],
      ['s_l.[0001-0003].exr', 's_r.[0001-0003].exr'],
    ],
    [
      'two versions',
      [...numbered('s_v001.', range(1, 3), '.exr'), ...numbered('s_v002.', range(1, 3), '.exr')],
      ['s_v001.[0001-0003].exr', 's_v002.[0001-0003].exr'],
    ],
    ['versions are no frames', ['s_v001.exr', 's_v002.exr', 's_v003.exr'], []],
    ['a width that is outgrown', numbered('s.', range(9998, 10001), '.exr'), ['s.[9998-10001].exr']],
    [
      'short numbers and padded ones',
      ['s.8.exr', 's.9.exr', 's.10.exr', 's.0009.exr', 's.0010.exr', 's.0011.exr'],
      ['s.[0009-0011].exr', 's.[8-10].exr'],
    ],
    ['a sign after a dot', ['s.-002.exr', 's.-001.exr', 's.000.exr', 's.001.exr'], ['s.[-002-001].exr']],
    ['a hyphen is no sign', ['s-0001.exr', 's-0002.exr', 's-0003.exr'], ['s-[0001-0003].exr']],
    ['two frames are none', numbered('s.', [1, 2], '.exr'), []],
    ['23 pictures are none', numbered('s.', range(1, 23), '.png'), []],
    ['24 pictures may be', numbered('s.', range(1, 24), '.png'), ['s.[0001-0024].png']],
    ['movies never are', numbered('C', range(1, 50), '.mp4'), []],
    ['sounds never are', numbered('T', range(1, 50), '.wav'), []],
    ['dates never are', ['s.2024-01-05.mov', 's.2024-01-06.mov', 's.2024-01-07.mov'], []],
    [
      'photographs by their prefix',
      [
        ...numbered('IMG_', range(1, 60), '.JPG'),
        ...numbered('DSC0', range(1, 60), '.jpg'),
        ...numbered('_DSC', range(1, 60), '.tif'),
      ],
      [],
    ],
    ['photographs by their folder', numbered('DCIM/100CANON/ABCD', range(1, 60), '.JPG'), []],
    [
      'two folders',
      [...numbered('a/s.', range(1, 3), '.exr'), ...numbered('b/s.', range(1, 3), '.exr')],
      ['s.[0001-0003].exr', 's.[0001-0003].exr'],
    ],
    [
      'two kinds',
      [...numbered('s.', range(1, 3), '.exr'), ...numbered('s.', range(1, 3), '.dpx')],
      ['s.[0001-0003].dpx', 's.[0001-0003].exr'],
    ],
    ['DNG among themselves', numbered('A001_', range(1, 3), '.dng', 6), ['A001_[000001-000003].dng']],
    ['DNG beside pictures', [...numbered('A001_', range(1, 3), '.dng', 6), 'A001.jpg'], []],
    [
      'big first number',
      numbered('A001C010.', range(12345, 12347), '.ari', 7),
      ['A001C010.[0012345-0012347].ari'],
    ],
    ['ids far apart', ['s.0000001.exr', 's.5000000.exr', 's.9000000.exr'], []],
  ])('%s', (_, paths, expected) => {
    expect(titles(paths).sort()).toEqual([...expected].sort())
  })

  it('reports seven gaps in 10,000 frames exactly, as one clip with every frame in it', () => {
    const gaps = [1001 + 10, 2000, 2001, 3333, 7000, 9999, 10_500]
    const frames = range(1001, 11_000).filter((number) => !gaps.includes(number))
    const files = frames.map((number) => file(`comp/shot.${number}.exr`, number === 5000 ? 0 : 10))
    const sequences = findSequences(files)
    const { clips } = groupClips(files, { cardClips: [], sequences, metadataFiles: new Set() })
    expect(clips).toHaveLength(1)
    expect(clips[0]).toMatchObject({
      kind: 'sequence',
      title: 'shot.[1001-11000].exr',
      sequence: { missing: gaps, empty: [5000] },
    })
    expect(clips[0]?.files).toHaveLength(9993)
    expect(clips[0]?.sequence && frameReport(clips[0].sequence).notes).toEqual([
      '7 frames are missing: 1011, 2000-2001, 3333, 7000, 9999, 10500.',
      '1 frame is empty: 5000.',
    ])
  })

  it('caps a long list of gaps and still counts all of them', () => {
    const odd = range(0, 200).map((number) => number * 2)
    expect(rangesOf(odd, 50)).toMatch(/^0, 2, 4, .* … and 151 more$/)
  })

  it.each([
    [
      'equal sizes, no camera',
      [
        { width: 10, height: 5, fromCamera: false },
        { width: 10, height: 5, fromCamera: false },
      ],
      true,
    ],
    [
      'another size',
      [
        { width: 10, height: 5, fromCamera: false },
        { width: 11, height: 5, fromCamera: false },
      ],
      false,
    ],
    ['a camera', [{ width: 10, height: 5, fromCamera: true }], false],
    ['one that cannot be read', [{ width: 10, height: 5, fromCamera: false }, null], false],
    ['nothing', [], false],
  ])('takes pictures for frames or not: %s', (_, sample, expected) => {
    expect(areFrames(sample)).toBe(expected)
  })
})

describe('photographs', () => {
  it('makes 300 clips of a card of 300 JPEG, 20 of them with a raw file of the same number', () => {
    const files = [
      ...numbered('DCIM/100MSDCF/DSC0', range(1, 300), '.JPG').map((path) => file(path)),
      ...numbered('DCIM/100MSDCF/DSC0', range(41, 60), '.ARW').map((path) => file(path)),
    ]
    const reading = readCards(findCards(files), () => null)
    const { clips, orphans } = groupClips(files, {
      cardClips: reading.clips,
      sequences: findSequences(files),
      metadataFiles: new Set(),
    })
    expect(clips).toHaveLength(300)
    expect(orphans).toEqual([])
    expect(clips.filter((clip) => clip.files.length === 2)).toHaveLength(20)
    expect(clips.filter(({ kind }) => kind === 'stills').map(({ title }) => title)[0]).toBe('DSC00041.JPG')
  })

  it.each<[string, string[], string[][]]>([
    [
      'raw and picture of one number',
      ['DCIM/100CANON/IMG_0001.CR3', 'DCIM/100CANON/IMG_0001.JPG'],
      [['IMG_0001.JPG', 'IMG_0001.CR3']],
    ],
    [
      'Adobe RGB beside its raw',
      ['DCIM/100MSDCF/_DSC0001.JPG', 'DCIM/100MSDCF/DSC00001.ARW'],
      [['_DSC0001.JPG', 'DSC00001.ARW']],
    ],
    [
      'a photograph and its sound',
      ['DCIM/100CANON/IMG_0002.JPG', 'DCIM/100CANON/SND_0002.WAV'],
      [['IMG_0002.JPG', 'SND_0002.WAV']],
    ],
    [
      'a movie and its thumbnail',
      ['DCIM/100CANON/MVI_0003.MP4', 'DCIM/100CANON/MVI_0003.THM'],
      [['MVI_0003.MP4', 'MVI_0003.THM']],
    ],
    [
      'one number in two folders',
      ['DCIM/100CANON/IMG_0001.JPG', 'DCIM/101CANON/IMG_0001.JPG'],
      [['IMG_0001.JPG'], ['IMG_0001.JPG']],
    ],
    ['raw and picture outside a card', ['day/a.nef', 'day/a.jpg'], [['a.jpg', 'a.nef']]],
    ['two pictures of one name', ['day/a.png', 'day/a.jpg'], [['a.jpg'], ['a.png']]],
    ['a movie and a picture of one name', ['day/a.mov', 'day/a.jpg'], [['a.jpg'], ['a.mov']]],
  ])('%s', (_, paths, expected) => {
    const files = paths.map((path) => file(path))
    const { clips } = groupClips(files, {
      cardClips: [],
      sequences: findSequences(files),
      metadataFiles: new Set(),
    })
    expect(clips.map((clip) => clip.files.map(({ relativePath }) => relativePath)).sort()).toEqual(expected)
  })
})
