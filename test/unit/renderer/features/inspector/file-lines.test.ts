import { describe, expect, it } from 'vitest'
import { fileLines, proofOf } from '@renderer/features/inspector/file-lines.ts'
import type { FormatView } from '@contract/assets.ts'

const format = (id: string, files: number): FormatView => ({
  id,
  name: id.toUpperCase(),
  status: 'ACTIVE',
  isOnline: true,
  metadata: { Format: 'DPX', Width: '4096', Height: '2160', FrameRate: '24.000' },
  components: [{ id: 'c', name: 'Video', type: 'VIDEO', metadata: { BitDepth: '10' } }],
  fileSets: [
    {
      id: `${id}-set`,
      name: 'set',
      storageId: null,
      storageName: 'nearline',
      status: 'ACTIVE',
      fileCount: files,
      files: Array.from({ length: files }, (_, index) => ({
        id: `${index}`,
        name: `shot.${1001 + index}.dpx`,
        directoryPath: 'day 1',
        sizeBytes: 50_000_000,
        status: 'CLOSED',
        checksum: null,
        proof: null,
      })),
    },
  ],
})
const shape = (formats: FormatView[], turned: string[] = []) =>
  fileLines(formats, new Set(turned)).map((line) => `${'  '.repeat(line.depth)}${line.name}`)

describe('the files of an asset', () => {
  it('opens the first format, its sets and files, and leaves the rest closed', () => {
    expect(shape([format('original', 2), format('proxy', 1)])).toEqual([
      'ORIGINAL',
      '  nearline',
      '    shot.1001.dpx',
      '    shot.1002.dpx',
      '  Video',
      'PROXY',
    ])
  })
  it('leaves a set of very many files closed', () => {
    expect(shape([format('original', 5000)])).toEqual(['ORIGINAL', '  nearline', '  Video'])
  })
  it('opens and closes what a person turns', () => {
    expect(shape([format('original', 1), format('proxy', 0)], ['format original', 'format proxy'])).toEqual([
      'ORIGINAL',
      'PROXY',
      '  nearline',
      '  Video',
    ])
  })
  it('says what a format is and how large', () => {
    const [line] = fileLines([format('original', 2)], new Set())
    expect(line?.note).toBe('DPX, 4096 × 2160, 24 fps')
    expect(line?.end).toBe('100\u2009MB')
  })
})

describe('the proof of an asset', () => {
  const proven = (count: number) => {
    const original = format('original', 2)
    const files = original.fileSets[0]?.files ?? []
    for (const file of files.slice(0, count)) file.proof = 'size and MD5 agree'
    return [original, format('proxy', 1)]
  }
  it('is there when every file of the original was proven', () =>
    expect(proofOf(proven(2))).toBe('size and MD5 agree'))
  it('is not there while one was not', () => expect(proofOf(proven(1))).toBeNull())
  it('is not there without files', () => expect(proofOf([])).toBeNull())
})
