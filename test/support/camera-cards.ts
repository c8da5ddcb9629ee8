// Synthetic camera cards: real folder structures and index files with a few bytes for picture and sound. Written from makers' manuals and public
// importers, and independent of the code that recognises them.

/** Files of a card by their path below it. */
export type CardFiles = Record<string, string | Uint8Array>

/** Bytes that differ from file to file. */
const media = (name: string, sizeBytes = 1000) => name.padEnd(sizeBytes, `|${name}`)

export interface P2Clip {
  id: string
  audio?: number
  globalId?: string
  previous?: string
  next?: string
  /** Global id of the first clip of the shot. */
  top?: string
}

export function p2Card(clips: readonly P2Clip[]): CardFiles {
  const files: CardFiles = { 'LASTCLIP.TXT': `${clips.at(-1)?.id ?? '000000'}\n1.0\n${clips.length}\n` }
  for (const { id, audio = 4, globalId = `060A2B34-${id}`, previous, next, top } of clips) {
    const link = (name: string, value?: string) =>
      value === undefined ? '' : `<${name}><GlobalClipID>${value}</GlobalClipID></${name}>`
    const relation =
      previous !== undefined || next !== undefined
        ? `<Relation><OffsetInShot>0</OffsetInShot><Connection>${link('Top', top ?? globalId)}${link('Previous', previous)}${link('Next', next)}</Connection></Relation>`
        : ''
    const sounds = '<Audio><AudioFormat>MXF</AudioFormat><SamplingRate>48000</SamplingRate></Audio>'.repeat(
      audio,
    )
    files[`CONTENTS/CLIP/${id}.XML`] =
      `<?xml version="1.0" encoding="UTF-8"?><P2Main xmlns="urn:schemas-Professional-Plug-in:P2:ClipMetadata:v3.1"><ClipContent><ClipName>${id}</ClipName><GlobalClipID>${globalId}</GlobalClipID><Duration>250</Duration><EditUnit>1/25</EditUnit><EssenceList><Video><VideoFormat>MXF</VideoFormat><Codec Class="100">AVC-I</Codec></Video>${sounds}</EssenceList>${relation}</ClipContent></P2Main>`
    files[`CONTENTS/VIDEO/${id}.MXF`] = media(`${id} picture`, 4000)
    for (let n = 0; n < audio; n++) {
      const name = `${id}${String(n).padStart(2, '0')}`
      files[`CONTENTS/AUDIO/${name}.MXF`] = media(`${name} sound`)
    }
    files[`CONTENTS/ICON/${id}.BMP`] = media(`${id} icon`, 200)
    files[`CONTENTS/PROXY/${id}.MP4`] = media(`${id} proxy`, 300)
    files[`CONTENTS/VOICE/${id}00.WAV`] = media(`${id} voice`, 150)
  }
  return files
}

interface SonyMaterial {
  uri: string
  umid?: string
  related?: string[]
  proxy?: string
  components?: string[]
}

export function mediaProfile(materials: readonly SonyMaterial[]): string {
  const body = materials.map(
    ({ uri, umid = uri, related = [], proxy, components = [] }) =>
      `<Material uri="${uri}" type="MXF" umid="${umid}" dur="250" fps="25p" status="none">` +
      components.map((part) => `<Component umid="${part}" type="MXF"/>`).join('') +
      (proxy ? `<Proxy uri="${proxy}" type="MP4" umid="${umid}-proxy"/>` : '') +
      related.map((file) => `<RelevantInfo uri="${file}" type="XML"/>`).join('') +
      '</Material>',
  )
  return `<?xml version="1.0" encoding="UTF-8"?><MediaProfile xmlns="http://xmlns.sony.net/pro/metadata/mediaprofile" version="2.00"><Properties><System systemId="1" systemKind="PMW"/><Attached mediaId="A" mediaKind="SxS" mediaName=""/></Properties><Contents>${body.join('')}</Contents></MediaProfile>`
}

const SONY_XML =
  '<?xml version="1.0"?><NonRealTimeMeta xmlns="urn:schemas-professionalDisc:nonRealTimeMeta:ver.2.00"/>'

/** @param takes names of takes, each with the clips that it is made of */
export function xdcamDisc(ids: readonly string[], takes: Record<string, string[]> = {}): CardFiles {
  const files: CardFiles = { 'DISCMETA.XML': '<DiscMeta/>', 'Edit/E0001E01.SMI': '<smil/>' }
  for (const id of ids) {
    files[`Clip/${id}.MXF`] = media(`${id} mxf`, 4000)
    files[`Clip/${id}M01.XML`] = `${SONY_XML}<!-- ${id} -->`
    files[`Clip/${id}R01.BIM`] = media(`${id} bim`, 60)
    files[`Sub/${id}S01.MXF`] = media(`${id} sub`, 300)
    files[`Thmbnl/${id}T01.JPG`] = media(`${id} picture`, 90)
  }
  for (const take of Object.keys(takes)) files[`Take/${take}.SMI`] = `<smil title="${take}"/>`
  files['MEDIAPRO.XML'] = mediaProfile([
    ...ids.map((id) => ({
      uri: `./Clip/${id}.MXF`,
      umid: id,
      related: [`./Clip/${id}M01.XML`, `./Thmbnl/${id}T01.JPG`],
      proxy: `./Sub/${id}S01.MXF`,
    })),
    ...Object.entries(takes).map(([take, parts]) => ({
      uri: `./Take/${take}.SMI`,
      umid: take,
      components: parts,
    })),
  ])
  return files
}

export function xavcCard(ids: readonly string[]): CardFiles {
  const files: CardFiles = {}
  const base = 'PRIVATE/M4ROOT'
  for (const id of ids) {
    files[`${base}/CLIP/${id}.MP4`] = media(`${id} xavc`, 4000)
    files[`${base}/CLIP/${id}M01.XML`] = `${SONY_XML}<!-- ${id} -->`
    files[`${base}/THMBNL/${id}T01.JPG`] = media(`${id} thumbnail`, 90)
    files[`${base}/SUB/${id}S03.MP4`] = media(`${id} sub`, 300)
  }
  files[`${base}/MEDIAPRO.XML`] = mediaProfile(
    ids.map((id) => ({
      uri: `./CLIP/${id}.MP4`,
      related: [`./CLIP/${id}M01.XML`, `./THMBNL/${id}T01.JPG`],
      proxy: `./SUB/${id}S03.MP4`,
    })),
  )
  return files
}

/** @param shots number of parts of each shot: 709_001 with 2 is 709_001_01 and 709_001_02 */
export function xdcamExCard(shots: Record<string, number>): CardFiles {
  const files: CardFiles = { 'BPAV/CUEUP.XML': new Uint8Array(64).fill(255) }
  const materials: SonyMaterial[] = []
  for (const [shot, parts] of Object.entries(shots)) {
    for (let part = 1; part <= parts; part++) {
      const id = `${shot}_${String(part).padStart(2, '0')}`
      const folder = `BPAV/CLPR/${id}`
      files[`${folder}/${id}.MP4`] = media(`${id} ex`, 4000)
      files[`${folder}/${id}.SMI`] = `<smil id="${id}"/>`
      files[`${folder}/${id}M01.XML`] = `${SONY_XML}<!-- ${id} -->`
      files[`${folder}/${id}R01.BIM`] = media(`${id} bim`, 50)
      materials.push({ uri: `./CLPR/${id}/${id}.MP4`, umid: id, related: [`./CLPR/${id}/${id}M01.XML`] })
    }
    if (parts > 1) {
      files[`BPAV/TAKR/${shot}/${shot}.SMI`] = `<smil take="${shot}"/>`
      files[`BPAV/TAKR/${shot}/${shot}M01.XML`] = `${SONY_XML}<!-- take ${shot} -->`
    }
  }
  files['BPAV/MEDIAPRO.XML'] = mediaProfile(materials)
  return files
}

/** A playlist with one item for each stream; `true` says that the item goes on where the one before ended. */
export function playlist(items: readonly [stem: string, goesOn: boolean][]): Uint8Array {
  const itemBytes = 22
  const bytes = new Uint8Array(40 + 10 + items.length * itemBytes)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode('MPLS0100'))
  view.setUint32(8, 40)
  view.setUint32(40, 6 + items.length * itemBytes)
  view.setUint16(46, items.length)
  for (const [at, [stem, goesOn]] of items.entries()) {
    const start = 50 + at * itemBytes
    view.setUint16(start, itemBytes - 2)
    bytes.set(new TextEncoder().encode(`${stem}M2TS`), start + 2)
    view.setUint8(start + 12, goesOn ? 6 : at === 0 ? 1 : 5)
    view.setUint32(start + 14, 45_000 * at)
    view.setUint32(start + 18, 45_000 * (at + 1))
  }
  return bytes
}

/** @param recordings stems of each recording */
export function avchdCard(recordings: readonly string[][]): CardFiles {
  const base = 'PRIVATE/AVCHD/BDMV'
  const files: CardFiles = { [`${base}/INDEX.BDM`]: 'INDX0100', [`${base}/MOVIEOBJ.BDM`]: 'MOBJ0100' }
  for (const [at, stems] of recordings.entries()) {
    files[`${base}/PLAYLIST/${String(at).padStart(5, '0')}.MPL`] = playlist(
      stems.map((stem, n) => [stem, n > 0]),
    )
    for (const stem of stems) {
      files[`${base}/STREAM/${stem}.MTS`] = media(`${stem} stream`, 4000)
      files[`${base}/CLIPINF/${stem}.CPI`] = `HDMV0100${stem}`
    }
  }
  return files
}

/** @param clips number of parts of each clip: AA0001 with 2 is AA000101 and AA000102 */
export function canonXfCard(clips: Record<string, number>): CardFiles {
  const files: CardFiles = { 'CONTENTS/CLIPS001/INDEX.MIF': 'MIF' }
  for (const [id, parts] of Object.entries(clips))
    for (let part = 1; part <= parts; part++) {
      const stem = `CONTENTS/CLIPS001/${id}/${id}${String(part).padStart(2, '0')}`
      files[`${stem}.MXF`] = media(`${stem} mxf`, 4000)
      files[`${stem}.CIF`] = `CIF ${stem}`
      files[`${stem}.XML`] = `<NewsMetadata><Title>${id}</Title></NewsMetadata>`
      if (parts > 1) files[`${stem}.SIF`] = `SIF ${stem}`
    }
  return files
}

/** @param clips number of parts of each clip, by its name such as A001_C001_0925AB */
export function redMagazine(clips: Record<string, number>, magazine = 'A001_0925AB'): CardFiles {
  const files: CardFiles = {}
  for (const [id, parts] of Object.entries(clips)) {
    for (let part = 1; part <= parts; part++)
      files[`${magazine}.RDM/${id}.RDC/${id}_${String(part).padStart(3, '0')}.R3D`] = media(
        `${id} ${part}`,
        4000,
      )
    files[`${magazine}.RDM/${id}.RDC/${id}.rtn`] = media(`${id} thumbnail`, 80)
  }
  return files
}

/** @param recordings number of chapters of each recording, by its four digits */
export function goProCard(recordings: Record<string, number>): CardFiles {
  const files: CardFiles = {}
  for (const [number, chapters] of Object.entries(recordings))
    for (let chapter = 1; chapter <= chapters; chapter++) {
      const name = `${String(chapter).padStart(2, '0')}${number}`
      files[`DCIM/100GOPRO/GX${name}.MP4`] = media(`GX${name}`, 4000)
      files[`DCIM/100GOPRO/GX${name}.THM`] = media(`THM${name}`, 70)
      files[`DCIM/100GOPRO/GL${name}.LRV`] = media(`GL${name}`, 200)
    }
  return files
}

/** A card with some of its files lost in copying. */
export function without(card: CardFiles, ...lost: readonly string[]): CardFiles {
  const unknown = lost.filter((path) => !(path in card))
  if (unknown.length > 0) throw new Error(`The card has no ${unknown.join(', ')}.`)
  return Object.fromEntries(Object.entries(card).filter(([path]) => !lost.includes(path)))
}
