import type { IntakeFile } from '../intake-file.ts'
import { baseName, splitName } from '../path-names.ts'
import { nodeAt, nodes, parseUntrustedXml, textOf } from '../untrusted-xml.ts'

/** What MEDIAPRO.XML tells of a Sony card (XDCAM, XDCAM EX, XAVC): every clip with its side files, and takes made of several clips. */
export interface MediaProfile {
  materials: Material[]
}

export interface Material {
  /** Lower-case path below the folder of MEDIAPRO.XML; of a take the path of its list. */
  path: string
  umid: string
  /** Paths of proxies and of what else belongs to it. */
  related: string[]
  /** Clips that a take is made of, by umid, in order; [] for a clip. */
  parts: string[]
}

/** @returns null when it is no such file */
export function readMediaProfile(bytes: Uint8Array | null): MediaProfile | null {
  if (!bytes) return null
  try {
    const profile = nodeAt(parseUntrustedXml(new TextDecoder().decode(bytes)), 'MediaProfile')
    if (!profile) return null
    return {
      materials: nodes(nodeAt(profile, 'Contents'), 'Material').map((material) => ({
        path: placeOf(textOf(material, '@uri')),
        umid: textOf(material, '@umid'),
        related: [...nodes(material, 'Proxy'), ...nodes(material, 'RelevantInfo')]
          .map((node) => placeOf(textOf(node, '@uri')))
          .filter((path) => path !== ''),
        parts: nodes(material, 'Component').map((component) => textOf(component, '@umid')),
      })),
    }
  } catch {
    return null
  }
}

/** "./CLIP/C0001.MP4" as "clip/c0001.mp4". What leads out of the card counts as nothing. */
function placeOf(uri: string): string {
  const path = uri.replaceAll('\\', '/').replace(/^\.\//, '').replace(/^\/+/, '').toLowerCase()
  return path.split('/').includes('..') ? '' : path
}

/** A clip of a Sony card before takes are joined. */
export interface SonyClip {
  id: string
  essence: IntakeFile[]
  index: IntakeFile[]
  missing: string[]
  remarks: string[]
}

export interface SonyShot extends SonyClip {
  /** Ids of the clips that it is made of. */
  parts: string[]
}

/**
 * Checks clips against the card's profile and joins those that are one take. What the profile names and of which the disk has nothing comes back
 * as a shot without files.
 *
 * @param has whether the card has a file, by its lower-case path below the folder of MEDIAPRO.XML
 */
export function withProfile(
  clips: readonly SonyClip[],
  profile: MediaProfile | null,
  has: (path: string) => boolean,
): SonyShot[] {
  if (!profile)
    return clips.map((clip) => ({
      ...clip,
      parts: [clip.id],
      remarks: [...clip.remarks, 'The card has no MEDIAPRO.XML: whether it is complete cannot be checked.'],
    }))
  const single = profile.materials.filter(({ parts, path }) => parts.length === 0 && path !== '')
  const byUmid = new Map(single.map((material) => [material.umid, stemOfPath(material.path)]))
  const shots = new Map<string, SonyShot>()
  for (const clip of clips) shots.set(clip.id.toLowerCase(), { ...clip, parts: [clip.id] })
  for (const material of single) {
    const stem = stemOfPath(material.path)
    const lacking = [material.path, ...material.related].filter((path) => !has(path))
    if (lacking.length === 0) continue
    const shot = shots.get(stem) ?? {
      id: stem.toUpperCase(),
      essence: [],
      index: [],
      missing: [],
      remarks: [],
      parts: [stem.toUpperCase()],
    }
    const told = new Set(shot.missing)
    for (const path of lacking) {
      const text = `${path.toUpperCase()}, which MEDIAPRO.XML names, is missing.`
      if (!told.has(text)) shot.missing = [...shot.missing, text]
    }
    shots.set(stem, shot)
  }
  for (const take of profile.materials.filter(({ parts }) => parts.length > 1)) {
    const stems = take.parts.map((umid) => byUmid.get(umid) ?? '')
    const members = stems.flatMap((stem) => shots.get(stem) ?? [])
    if (members.length < 2) continue
    const id = splitName(baseName(take.path)).stem.toUpperCase()
    for (const stem of stems) shots.delete(stem)
    const lost = take.parts.length - members.length
    const joined = joinShots(id, members)
    shots.set(`take ${id}`, {
      ...joined,
      missing: [
        ...joined.missing,
        ...(lost > 0 ? [`${lost} of the ${take.parts.length} clips of take ${id} are missing.`] : []),
      ],
    })
  }
  return [...shots.values()]
}

export function joinShots(id: string, members: readonly SonyShot[]): SonyShot {
  return {
    id,
    parts: members.flatMap(({ parts }) => parts),
    essence: members.flatMap(({ essence }) => essence),
    index: members.flatMap(({ index }) => index),
    missing: members.flatMap(({ missing }) => missing),
    remarks: [
      ...members.flatMap(({ remarks }) => remarks),
      `One recording in ${members.length} clips: ${members.map((member) => member.id).join(', ')}.`,
    ],
  }
}

const stemOfPath = (path: string) => splitName(baseName(path)).stem
