import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readFuseWire } from '@main/shell/fuse-wire.ts'

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fuses-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

function program(before: number, wire: string): string {
  const file = path.join(folder, 'program')
  const content = [Buffer.alloc(before, 7), SENTINEL, Buffer.from([1, wire.length]), wire, Buffer.alloc(99)]
  fs.writeFileSync(file, Buffer.concat(content.map((part) => Buffer.from(part))))
  return file
}

it.each([
  ['at the start', 0],
  ['in the middle', 5000],
  ['across two reads, the text', 4 * 1024 * 1024 - 10],
  ['across two reads, the wire', 4 * 1024 * 1024 - 36],
])('reads the wire %s', async (_where, before) => {
  expect(await readFuseWire(program(before, '0100r101'))).toBe('0100r101')
})

it('says that a program has none', async () => {
  const file = path.join(folder, 'other')
  fs.writeFileSync(file, 'an ordinary program')
  await expect(readFuseWire(file)).rejects.toThrow('no fuses')
})
