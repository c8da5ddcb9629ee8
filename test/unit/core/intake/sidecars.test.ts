import { describe, expect, it } from 'vitest'
import { readGatewaySidecar, readXmp } from '@main/core/intake/sidecar-values.ts'
import { matchSidecars } from '@main/core/intake/sidecars.ts'

const file = (relativePath: string) => ({
  path: `/in/${relativePath}`,
  relativePath,
  sizeBytes: 1,
  mtimeMs: 1,
  inode: '',
})

describe('which clip a sidecar belongs to', () => {
  it.each<[string, string[], Record<string, string[]>, string[]]>([
    // what is tested, files, sidecar to its clips, orphans
    ['name and extension', ['a.mov', 'a.mov.xmp'], { 'a.mov.xmp': ['a.mov'] }, []],
    ['name alone', ['a.mov', 'a.xmp'], { 'a.xmp': ['a.mov'] }, []],
    ['both at once', ['a.mov', 'a.xmp', 'a.mov.xmp'], { 'a.xmp': ['a.mov'], 'a.mov.xmp': ['a.mov'] }, []],
    ['raw and picture of one name', ['a.arw', 'a.jpg', 'a.xmp'], { 'a.xmp': ['a.arw', 'a.jpg'] }, []],
    ['one of two', ['a.arw', 'a.jpg', 'a.jpg.xmp'], { 'a.jpg.xmp': ['a.jpg'] }, []],
    ['another case', ['A.MOV', 'a.XMP'], { 'a.XMP': ['A.MOV'] }, []],
    [
      'the other spelling of an umlaut',
      ['Übung.mov'.normalize('NFD'), 'Übung.xmp'],
      { 'Übung.xmp': ['Übung.mov'.normalize('NFD')] },
      [],
    ],
    ['another folder', ['x/a.mov', 'y/a.xmp'], {}, ['y/a.xmp']],
    [
      'gateway forms',
      ['a.mov', 'a.json', 'a.mov.xml', 'a.csv'],
      { 'a.json': ['a.mov'], 'a.mov.xml': ['a.mov'], 'a.csv': ['a.mov'] },
      [],
    ],
    ['captions', ['a.mov', 'a.srt', 'a.mov.srt'], { 'a.srt': ['a.mov'], 'a.mov.srt': ['a.mov'] }, []],
    ['a longer name is another clip', ['a.mov', 'a.2.xmp'], {}, ['a.2.xmp']],
    ['nothing beside it', ['a.xmp'], {}, ['a.xmp']],
    ['a sidecar of a sidecar', ['a.mov', 'a.xmp', 'a.xmp.json'], { 'a.xmp': ['a.mov'] }, ['a.xmp.json']],
  ])('%s', (_, files, expected, orphaned) => {
    const { matches, orphans } = matchSidecars(files.map(file))
    expect(
      Object.fromEntries(
        matches.map(({ sidecar, of }) => [sidecar.relativePath, of.map((owner) => owner.relativePath)]),
      ),
    ).toEqual(expected)
    expect(orphans.map(({ relativePath }) => relativePath)).toEqual(orphaned)
  })
})

const xml = (body: string) =>
  `<?xml version="1.0"?><metadata_view><metadata_values>${body}</metadata_values></metadata_view>`

describe("the gateway's sidecars", () => {
  it.each<[string, string, string, Record<string, string[]> | null]>([
    ['JSON', 'json', '{"metadata_values":{"Scene":{"field_values":[{"value":"12A"}]}}}', { Scene: ['12A'] }],
    [
      'JSON with a byte order mark',
      'json',
      '\uFEFF{"metadata_values":{"S":{"field_values":[{"value":"1"}]}}}',
      { S: ['1'] },
    ],
    [
      'several values',
      'json',
      '{"metadata_values":{"Tags":{"field_values":[{"value":"a"},{"value":"b"}]}}}',
      { Tags: ['a', 'b'] },
    ],
    [
      'numbers and flags',
      'json',
      '{"metadata_values":{"Take":{"field_values":[{"value":3}]},"Good":{"field_values":[{"value":true}]}}}',
      { Take: ['3'], Good: ['true'] },
    ],
    ['no values', 'json', '{"metadata_values":{"Scene":{"field_values":[]}}}', {}],
    ['other JSON', 'json', '{"scene":"12A"}', null],
    ['a list', 'json', '[1,2]', null],
    ['broken JSON', 'json', '{"metadata_values":', null],
    [
      'a field that inherits',
      'json',
      '{"metadata_values":{"__proto__":{"field_values":[{"value":"x"}]}}}',
      {},
    ],
    ['XML', 'xml', xml('<Scene><field_values><value>12A</value></field_values></Scene>'), { Scene: ['12A'] }],
    [
      'XML with several',
      'xml',
      xml(
        '<Tags><field_values><value>a</value><score>0.5</score></field_values><field_values><value>b</value></field_values></Tags>',
      ),
      { Tags: ['a', 'b'] },
    ],
    ['XML of a camera', 'xml', '<NonRealTimeMeta><Duration value="5"/></NonRealTimeMeta>', null],
    [
      'XML with a namespace',
      'xml',
      '<m:metadata_view xmlns:m="x"><m:metadata_values><m:A><m:field_values><m:value>1</m:value></m:field_values></m:A></m:metadata_values></m:metadata_view>',
      { A: ['1'] },
    ],
    [
      'XML with entities',
      'xml',
      `<!DOCTYPE a [<!ENTITY x "y">]>${xml('<A><field_values><value>&x;</value></field_values></A>')}`,
      null,
    ],
    ['CSV', 'csv', 'Scene,Take\n12A,3\n', { Scene: ['12A'], Take: ['3'] }],
    [
      'CSV with quotes',
      'csv',
      'Note,Scene\r\n"says ""cut"", twice",5\r\n',
      { Note: ['says "cut", twice'], Scene: ['5'] },
    ],
    ['CSV with a scored tag', 'csv', 'Tag\nCar (1)\n', { Tag: ['Car'] }],
    ['CSV with an empty cell', 'csv', 'A,B\n,2\n', { B: ['2'] }],
    ['a table', 'csv', 'A,B\n1,2\n3,4\n', null],
    ['only a header', 'csv', 'A,B\n', null],
    ['another kind', 'txt', 'A,B\n1,2\n', null],
  ])('%s', (_, extension, text, expected) => {
    expect(readGatewaySidecar(text, extension)).toEqual(expected)
  })
})

const xmp = (attributes: string, body = '') =>
  `<?xpacket begin="" id="x"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ${attributes}>${body}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

describe('XMP', () => {
  it.each<[string, string, Record<string, string[]>]>([
    ['attributes', xmp('xmp:Rating="4" xmp:Label="Red"'), { Rating: ['4'], Label: ['Red'] }],
    [
      'properties',
      xmp('', '<xmpDM:scene>12A</xmpDM:scene><xmpDM:shotName>B</xmpDM:shotName>'),
      { scene: ['12A'], shotName: ['B'] },
    ],
    [
      'a bag',
      xmp('', '<dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>boat</rdf:li></rdf:Bag></dc:subject>'),
      { subject: ['sea', 'boat'] },
    ],
    [
      'languages: the first',
      xmp(
        '',
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Harbour</rdf:li><rdf:li xml:lang="de">Hafen</rdf:li></rdf:Alt></dc:title>',
      ),
      { title: ['Harbour'] },
    ],
    [
      'a sequence',
      xmp('', '<dc:creator><rdf:Seq><rdf:li>A</rdf:li></rdf:Seq></dc:creator>'),
      { creator: ['A'] },
    ],
    ['nothing', xmp(''), {}],
    ['no XMP', 'hello', {}],
    ['entities', `<!DOCTYPE a [<!ENTITY x "y">]>${xmp('xmp:Label="&x;"')}`, {}],
  ])('%s', (_, text, expected) => {
    expect(readXmp(text)).toEqual(expected)
  })
})

describe('sidecars that mean harm', () => {
  it.each([
    ['json', '{"metadata_values":{"constructor":{"field_values":[{"value":"a"}]}}}'],
    ['csv', 'constructor\na'],
  ])('a field in %s that is called like what every object has is a field', (extension, text) => {
    expect(readGatewaySidecar(text, extension)).toEqual({ constructor: ['a'] })
  })

  it.each([
    ['beginnings of packets', '<?xpacket'],
    ['comments without end', '<!--'],
    ['elements without end', '<a>'],
    ['texts between elements', 'x<b/>'],
  ])(
    '2 MB of %s are read in moments',
    (_, piece) => {
      const startMs = performance.now()
      readXmp(`<a>${piece.repeat(2_000_000 / piece.length)}</a>`)
      expect(performance.now() - startMs).toBeLessThan(20_000)
    },
    60_000,
  )
})
