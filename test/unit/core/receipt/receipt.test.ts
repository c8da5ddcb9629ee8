import { createHash } from 'node:crypto'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { c4Id, manifestName, mhlChain, mhlManifest } from '@main/core/receipt/asc-mhl.ts'
import { readMhlHistory } from '@main/core/receipt/mhl-history.ts'
import { receiptCsv } from '@main/core/receipt/receipt-csv.ts'
import { commonFolder } from '@main/core/receipt/receipt-facts.ts'
import type { ReceiptFacts } from '@main/core/receipt/receipt-facts.ts'
import { receiptHtml } from '@main/core/receipt/receipt-html.ts'

const startedMs = Date.UTC(2026, 4, 2, 14, 3, 12)
const hostile = '=cmd|"<script>alert(1)</script>&\u0007.mov'
const facts: ReceiptFacts = {
  title: '<b>Day 1</b>',
  batchId: 'b-1',
  ignored: [],
  createdMs: startedMs,
  writtenMs: startedMs,
  files: [
    {
      path: hostile,
      title: 'clip',
      state: 'done',
      sizeBytes: 12,
      mtimeMs: startedMs,
      md5: 'aa',
      sha1: null,
      crc32c: 'cc',
      xxh128: 'bb',
      assetId: 'a-1',
      fileId: 'f-1',
      closedMs: startedMs,
      evidence: 'size and MD5 agree',
      reason: '',
    },
  ],
}

describe('receipts', () => {
  it('give C4 ids by the published vectors', () => {
    const c4 = (text: string) => c4Id(createHash('sha512').update(text).digest('hex'))
    expect(c4('')).toBe(
      'c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT',
    )
    expect(c4('abc')).toBe(
      'c45S4rnaTNWonxss1u8LzsaJdEph1AJhWUF4sh2waXKMsutyfAxg4ybUeuXVWS9HdNcEypmeXn8FZGonD4w1rj9DZp',
    )
  })

  it('hold a manifest whose hashes stand in the order of the schema, each with its action', () => {
    const manifest = mhlManifest({
      rootName: 'A001',
      hostName: 'cart',
      toolVersion: '1',
      startedMs,
      files: facts.files.flatMap((file) => [
        { ...file, relativePath: hostile.replace('\u0007', '\r') },
        // Under any other name it would be missing there, and new beside it.
        { ...file, relativePath: hostile },
      ]),
    })
    expect(XMLValidator.validate(manifest)).toBe(true)
    const { hashlist } = new XMLParser({ ignoreAttributes: false }).parse(manifest)
    expect(Object.keys(hashlist.hashes.hash)).toEqual(['path', 'md5', 'xxh128'])
    expect(hashlist.hashes.hash.md5).toMatchObject({ '#text': 'aa', '@_action': 'original' })
    expect(hashlist.hashes.hash.path['@_size']).toBe('12')
    expect(manifest).toContain('&amp;&#13;.mov')
    expect(manifestName('A001', startedMs)).toBe('0001_A001_2026-05-02_140312Z.mhl')
    expect(manifestName('line\nbreak', startedMs)).toBe('0001_line_break_2026-05-02_140312Z.mhl')
    const long = manifestName('片'.repeat(85), startedMs, 12)
    expect(long).toMatch(/^0012_片{60,}_2026-05-02_140312Z\.mhl$/)
    expect(Buffer.byteLength(`${long}.part`)).toBeLessThanOrEqual(255)
    expect(XMLValidator.validate(mhlChain('a & b.mhl', 'c4x'))).toBe(true)
  })

  it('add a generation that verifies what agrees, fails what differs, and is silent where it cannot tell', () => {
    const file = { sizeBytes: 3, mtimeMs: startedMs, closedMs: startedMs, sha1: null }
    const base = { rootName: 'A001', hostName: 'cart', toolVersion: '1', startedMs }
    const first = mhlManifest({
      ...base,
      ignore: ['PROXY/'],
      files: [
        { ...file, relativePath: 'same & so.mov', md5: null, xxh128: 'aa' },
        { ...file, relativePath: 'other.mov', md5: 'bb', xxh128: 'cc' },
      ],
    })
    const foreign = first
      .replace(/<hash>[\s\S]*<\/hash>/, '<hash><path>far.mov</path><c4 action="original">c4x</c4></hash>')
      .replace('PROXY/', '*.bak')
    const history = readMhlHistory([first, foreign])
    expect(history.ignore).toEqual(expect.arrayContaining(['PROXY/', '*.bak']))
    const second = mhlManifest({
      ...base,
      history,
      files: [
        { ...file, relativePath: 'same & so.mov', md5: 'dd', xxh128: 'aa' },
        { ...file, relativePath: 'other.mov', md5: 'bb', xxh128: 'c0' },
        { ...file, relativePath: 'far.mov', md5: 'ee', xxh128: 'ff' },
        { ...file, relativePath: 'new.mov', md5: null, xxh128: '11' },
      ],
    })
    const { hashlist } = new XMLParser({ ignoreAttributes: false }).parse(second)
    const said = hashlist.hashes.hash.map((hash: Record<string, { '#text': string; '@_action': string }>) => [
      hash['path']?.['#text'],
      hash['md5']?.['@_action'],
      hash['xxh128']?.['@_action'],
    ])
    expect(said).toEqual([
      // A format that is new stands beside one that agrees.
      ['same & so.mov', 'verified', 'verified'],
      ['other.mov', undefined, 'failed'],
      ['new.mov', undefined, 'original'],
    ])
    expect(hashlist.processinfo.ignore.pattern).toEqual(
      expect.arrayContaining(['ascmhl/', 'PROXY/', '*.bak']),
    )
    const chain = mhlChain('b.mhl', 'c4b', 2, mhlChain('a.mhl', 'c4a'))
    expect(XMLValidator.validate(chain)).toBe(true)
    expect([...chain.matchAll(/sequencenr="(\d)"/g)].map((match) => match[1])).toEqual(['1', '2'])
  })

  it('hold each path once, and nothing at all rather than an empty list', () => {
    const file = {
      sizeBytes: 0,
      mtimeMs: startedMs,
      closedMs: null,
      md5: null,
      sha1: null,
      xxh128: 'aa',
      relativePath: 'a',
    }
    const base = { rootName: 'A001', hostName: 'cart', toolVersion: '1', startedMs }
    expect(mhlManifest({ ...base, files: [file, file] }).match(/<hash>/g)).toHaveLength(1)
    expect(mhlManifest({ ...base, files: [{ ...file, xxh128: null }] })).toBe('')
  })

  it('let no file name become markup or a formula', () => {
    const html = receiptHtml(facts)
    expect(html).not.toContain('<script>')
    expect(html).not.toContain('<b>Day')
    const [, row] = receiptCsv(facts).split('\r\n')
    expect(row?.startsWith(`"'=cmd|""<script>`)).toBe(true)
  })

  it.each(['=1+1', '＝1+1', '\n=1+1', '\r=1', '\t=1', '-1+1', '＋1', '＠a'])(
    'put an apostrophe before %j, so that a spreadsheet takes it for text',
    (path) => {
      const files = facts.files.map((file) => ({ ...file, path, title: path, reason: path }))
      const csv = receiptCsv({ ...facts, files })
      expect(csv.split(path)).toHaveLength(4)
      expect(csv.split(`'${path}`)).toHaveLength(4)
    },
  )

  it.each([
    ['no XML', 'this is no XML'],
    ['another document', '<html/>'],
    ['entities', '<!DOCTYPE h [<!ENTITY a "b">]><hashlist><hashes/></hashlist>'],
    ['a file of this machine', '<!DOCTYPE h [<!ENTITY a SYSTEM "file:///etc/passwd">]><hashlist/>'],
    ['names of JavaScript', '<hashlist><hashes><hash><__proto__>a</__proto__></hash></hashes></hashlist>'],
    ['elements in elements', '<hashlist>'.repeat(100_000)],
  ])('take no history from %s', (_, text) => {
    expect(() => readMhlHistory([text])).toThrow(/entities|manifest|SECURITY|nested/i)
  })

  it('find the folder that holds all files', () => {
    expect(commonFolder(['/a/b/c.mov', '/a/b/d/e.mov'])).toBe('/a/b')
    expect(commonFolder(['/a/b/c.mov', '/a/bc/e.mov'])).toBe('/a')
    expect(commonFolder(['C:\\clips\\a.mov'])).toBe('C:/clips')
    expect(commonFolder(['\\\\server\\share\\a.mov', '\\\\server\\share\\b.mov'])).toBe('//server/share')
    // Elsewhere a backslash is part of a name.
    expect(commonFolder(['/clips/a\\b.mov'])).toBe('/clips')
    expect(commonFolder(['/clips\\a/b.mov', '/clips\\a/c.mov'])).toBe('/clips\\a')
  })
})
