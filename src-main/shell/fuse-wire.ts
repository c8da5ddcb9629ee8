import fs from 'node:fs'

// https://www.electronjs.org/docs/latest/tutorial/fuses: the wire follows this text in the program's file, after one byte of
// version and one of length; '0' is off, '1' on, 'r' removed.
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const MOST_FUSES = 255

/**
 * Reads the fuses of a packed Electron.
 * @param program path of its executable; on macOS of its framework
 * @returns one character for each fuse, in Electron's order
 * @throws the system's error; a plain Error when there is no wire
 */
export async function readFuseWire(program: string): Promise<string> {
  const keptBytes = SENTINEL.length + 2 + MOST_FUSES
  let tail = Buffer.alloc(0)
  for await (const chunk of fs.createReadStream(program, { highWaterMark: 4 * 1024 * 1024 })) {
    const seen = Buffer.concat([tail, chunk as Buffer])
    const wire = wireIn(seen)
    if (wire !== null) return wire
    tail = Buffer.from(seen.subarray(Math.max(0, seen.length - keptBytes)))
  }
  throw new Error('it has no fuses')
}

function wireIn(bytes: Buffer): string | null {
  const at = bytes.indexOf(SENTINEL)
  if (at < 0) return null
  const start = at + SENTINEL.length + 2
  const length = bytes[start - 1] ?? 0
  return start + length <= bytes.length ? bytes.toString('latin1', start, start + length) : null
}
