// What crosses between main and page, as one JSON text: plain JSON and what structured clone adds to it (undefined,
// dates, big integers, NaN, -0, maps, sets, bytes). The function is also injected into the page as source text, so it
// must use nothing from outside itself.

/** @returns {{ encode(value: unknown): string, decode(text: string): any }} encode throws what Electron throws for values that cannot be cloned */
export function createWire() {
  const tag = '$host'
  const bytesToText = (bytes) => {
    let text = ''
    for (let at = 0; at < bytes.length; at += 8192)
      text += String.fromCharCode(...bytes.subarray(at, at + 8192))
    return btoa(text)
  }
  const pack = (value) => {
    switch (typeof value) {
      case 'undefined':
        return { [tag]: 'undefined' }
      case 'bigint':
        return { [tag]: 'bigint', value: String(value) }
      case 'number':
        if (Object.is(value, -0)) return { [tag]: 'number', value: '-0' }
        return Number.isFinite(value) ? value : { [tag]: 'number', value: String(value) }
      case 'function':
      case 'symbol':
        throw new Error('An object could not be cloned.')
      case 'object':
        break
      default:
        return value
    }
    if (value === null) return null
    if (Array.isArray(value)) return value.map(pack)
    if (value instanceof Date) return { [tag]: 'date', value: value.getTime() }
    if (value instanceof Map) return { [tag]: 'map', value: [...value].map(pack) }
    if (value instanceof Set) return { [tag]: 'set', value: [...value].map(pack) }
    if (value instanceof ArrayBuffer) return { [tag]: 'buffer', value: bytesToText(new Uint8Array(value)) }
    if (ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      return { [tag]: 'bytes', value: bytesToText(bytes) }
    }
    if (value instanceof Error) return { [tag]: 'error', value: { name: value.name, message: value.message } }
    const packed = Object.fromEntries(Object.keys(value).map((key) => [key, pack(value[key])]))
    return tag in packed ? { [tag]: 'object', value: packed } : packed
  }
  const unpackTagged = (kind, value) => {
    switch (kind) {
      case 'undefined':
        return undefined
      case 'bigint':
        return BigInt(value)
      case 'number':
        return Number(value)
      case 'date':
        return new Date(value)
      case 'map':
        return new Map(value.map(unpack))
      case 'set':
        return new Set(value.map(unpack))
      case 'buffer':
        return Uint8Array.from(atob(value), (char) => char.charCodeAt(0)).buffer
      case 'bytes':
        return Uint8Array.from(atob(value), (char) => char.charCodeAt(0))
      case 'error':
        return Object.assign(new Error(value.message), { name: value.name })
      default:
        return unpackObject(value)
    }
  }
  const unpackObject = (value) =>
    Object.fromEntries(Object.keys(value).map((key) => [key, unpack(value[key])]))
  const unpack = (value) => {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map(unpack)
    return typeof value[tag] === 'string' ? unpackTagged(value[tag], value.value) : unpackObject(value)
  }
  return {
    encode: (value) => JSON.stringify(pack(value)),
    decode: (text) => unpack(JSON.parse(text)),
  }
}
