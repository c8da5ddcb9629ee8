/** One piece of a recording as an AVCHD playlist names it. */
export interface PlayItem {
  /** Five digits: the stem of its stream and its description. */
  stem: string
  /** It goes on where the item before it ended, since that file was full. */
  continues: boolean
  /** Start and end on the camera's own clock. */
  inTime: number
  outTime: number
}

const CONTINUES = 6
const MOST_ITEMS = 10_000

/**
 * Reads a playlist (.MPL, .MPLS): "MPLS", at byte 8 the offset of the list; there its length, two bytes, the number of items, two bytes; each item has
 * its own length first (MultimediaWiki, MPL). Connection 6 means that the file before was full.
 *
 * @returns null when it is none, or is cut off
 */
export function readPlaylist(bytes: Uint8Array | null): PlayItem[] | null {
  if (!bytes || bytes.length < 20 || String.fromCharCode(...bytes.subarray(0, 4)) !== 'MPLS') return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    let at = view.getUint32(8)
    const count = view.getUint16(at + 6)
    at += 10
    const items: PlayItem[] = []
    for (let item = 0; item < Math.min(count, MOST_ITEMS); item++) {
      const length = view.getUint16(at)
      const stem = String.fromCharCode(...bytes.subarray(at + 2, at + 7))
      if (!/^\d{5}$/.test(stem)) return null
      items.push({
        stem,
        continues: (view.getUint8(at + 12) & 0x0f) === CONTINUES,
        inTime: view.getUint32(at + 14),
        outTime: view.getUint32(at + 18),
      })
      at += 2 + length
    }
    return items
  } catch {
    return null
  }
}
