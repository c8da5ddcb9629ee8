import { createHash, randomBytes } from 'node:crypto'
import { appendFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type {
  StorageTransfer,
  TransferBroker,
  TransferCheckpoint,
  TransferProof,
  TransferRequest,
  UploadTicket,
} from '@main/ports/storage-transfer.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

/** A storage as the suite sees it, whatever stands behind it. */
export interface StorageUnderTest {
  transfer: StorageTransfer
  /** Size from which files go in parts. */
  partSizeBytes: number
  /** A place for one file. */
  place(sizeBytes: number): Promise<{ ticket: UploadTicket; broker: TransferBroker }>
  /** What the storage holds for a file now; null for nothing. */
  stored(ticket: UploadTicket): Promise<Buffer | null>
  /** Faults of the storage's own requests, on and off. */
  setFaults(rules: unknown[]): Promise<void>
  /** Pattern of the requests that carry bytes, for fault rules. */
  bytesPattern: string
  /** Whether a transfer goes on inside a file after it was stopped. */
  resumes: boolean
  /** Whether the storage itself tells that an upload was completed. */
  tellsWhatItHas: boolean
}

export interface SentFile {
  proof: TransferProof
  checkpoints: TransferCheckpoint[]
  progress: number[]
}

async function fileOf(bytes: Buffer): Promise<TransferRequest['source']> {
  const file = path.join(await tempFolder(), 'clip.bin')
  await writeFile(file, bytes)
  return sourceOf(file)
}

async function sourceOf(file: string): Promise<TransferRequest['source']> {
  const { size, mtimeMs, dev, ino } = await stat(file)
  return {
    path: file,
    sizeBytes: size,
    mtimeMs,
    inode: `${dev}:${ino}`,
    contentType: 'application/octet-stream',
  }
}

async function send(
  storage: StorageUnderTest,
  place: { ticket: UploadTicket; broker: TransferBroker },
  source: TransferRequest['source'],
  more: Partial<TransferRequest> = {},
): Promise<SentFile> {
  const checkpoints: TransferCheckpoint[] = []
  const progress: number[] = []
  const proof = await storage.transfer.send({
    source,
    ...place,
    checkpoint: null,
    hashes: [],
    saveCheckpoint: (checkpoint) => {
      // Checkpoints must survive a process: only what JSON keeps counts.
      checkpoints.push(JSON.parse(JSON.stringify(checkpoint)) as TransferCheckpoint)
      return Promise.resolve()
    },
    onProgress: (bytes) => progress.push(bytes),
    throttle: (count) => Promise.resolve(count),
    signal: AbortSignal.timeout(50_000),
    ...more,
  })
  return { proof, checkpoints, progress }
}

/** What every storage transfer must do. `make` is called once. */
export function testStorageTransfer(
  name: string,
  make: () => Promise<StorageUnderTest>,
  { keepsParts }: { keepsParts: boolean },
): void {
  describe(`storage transfer: ${name}`, () => {
    let made: Promise<StorageUnderTest> | undefined
    const get = () => (made ??= make())

    const sizes: [string, (part: number) => number][] = [
      ['empty file', () => 0],
      ['one byte', () => 1],
      ['part size - 1', (part) => part - 1],
      ['part size', (part) => part],
      ['part size + 1', (part) => part + 1],
      ['several parts and some', (part) => part * 3 + 12_345],
    ]
    it.each(sizes)('stores and proves: %s', async (_title, sizeFor) => {
      const storage = await get()
      const bytes = randomBytes(sizeFor(storage.partSizeBytes))
      const place = await storage.place(bytes.length)
      const { proof, progress } = await send(storage, place, await fileOf(bytes), { hashes: ['md5'] })
      expect(proof).toMatchObject({ proven: true, sizeBytes: bytes.length })
      expect(proof.hashes.md5).toBe(createHash('md5').update(bytes).digest('hex'))
      expect(proof.hashes.xxh128).toMatch(/^[0-9a-f]{32}$/)
      expect((await storage.stored(place.ticket))?.equals(bytes)).toBe(true)
      expect(progress.at(-1)).toBe(bytes.length)
    })

    it('goes on where it was stopped, and sends no confirmed part twice', async () => {
      const storage = await get()
      const bytes = randomBytes(storage.partSizeBytes * 4 + 99)
      const place = await storage.place(bytes.length)
      const source = await fileOf(bytes)
      const stop = new AbortController()
      const kept: TransferCheckpoint[] = []
      let throttled = 0
      const first = send(storage, place, source, {
        signal: stop.signal,
        saveCheckpoint: (checkpoint) => {
          kept.push(JSON.parse(JSON.stringify(checkpoint)) as TransferCheckpoint)
          return Promise.resolve()
        },
        // Half of the file goes out, then everything stands still until it is stopped.
        throttle: (count, signal) => {
          throttled += count
          if (throttled <= bytes.length / 2) return Promise.resolve(count)
          setTimeout(() => stop.abort(), 300)
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
          })
        },
      })
      await expect(first).rejects.toMatchObject({ code: 'cancelled' })

      let sentAgain = 0
      const { proof } = await send(storage, place, source, {
        checkpoint: kept.at(-1) ?? null,
        throttle: (count) => {
          sentAgain += count
          return Promise.resolve(count)
        },
      })
      expect(proof.proven).toBe(true)
      expect((await storage.stored(place.ticket))?.equals(bytes)).toBe(true)
      expect(sentAgain).toBeLessThanOrEqual(storage.resumes ? bytes.length - 1 : bytes.length)
    })

    it('sends no more at a time than it may, and takes waiting for that for no stall', async () => {
      const storage = await get()
      const bytes = randomBytes(storage.partSizeBytes + 12_345)
      const place = await storage.place(bytes.length)
      const most = Math.ceil(bytes.length / 7)
      let granted = 0
      const { proof, progress } = await send(storage, place, await fileOf(bytes), {
        throttle: async (count, _signal, waits) => {
          waits()
          granted += Math.min(count, most)
          return Math.min(count, most)
        },
      })
      expect(proof.proven).toBe(true)
      expect((await storage.stored(place.ticket))?.equals(bytes)).toBe(true)
      expect(granted).toBe(bytes.length)
      expect(progress.filter((sent, at) => sent !== progress[at - 1]).length).toBeGreaterThan(6)
    })

    it('survives connections that are cut before and after the bytes arrived', async () => {
      const storage = await get()
      const bytes = randomBytes(storage.partSizeBytes * 3 + 7)
      const place = await storage.place(bytes.length)
      await storage.setFaults([
        { match: storage.bytesPattern, p: 1, action: 'drop-before', times: 1 },
        { match: storage.bytesPattern, p: 1, action: 'drop-after', times: 2 },
      ])
      try {
        const { proof } = await send(storage, place, await fileOf(bytes))
        expect(proof.proven).toBe(true)
      } finally {
        await storage.setFaults([])
      }
      expect((await storage.stored(place.ticket))?.equals(bytes)).toBe(true)
    })

    it('knows that everything arrived when only the last answer was lost', async () => {
      const storage = await get()
      const bytes = randomBytes(storage.partSizeBytes * 2 + 7)
      const place = await storage.place(bytes.length)
      const source = await fileOf(bytes)
      const kept: (TransferCheckpoint | null)[] = [null]
      const options = {
        saveCheckpoint: (checkpoint: TransferCheckpoint) => {
          kept.push(JSON.parse(JSON.stringify(checkpoint)) as TransferCheckpoint)
          return Promise.resolve()
        },
      }
      // The process dies before it can write down that the file is there.
      expect((await send(storage, place, source, options)).proof.proven).toBe(true)
      let sentAgain = 0
      const { proof } = await send(storage, place, source, {
        checkpoint: kept.at(-1) ?? null,
        throttle: (count) => {
          sentAgain += count
          return Promise.resolve(count)
        },
      })
      expect(proof).toMatchObject({ proven: true, sizeBytes: bytes.length })
      expect((await storage.stored(place.ticket))?.equals(bytes)).toBe(true)
      // Where only iconik could say so, it does not before the file is closed: then everything is sent once more.
      expect(storage.tellsWhatItHas ? sentAgain : 0).toBe(0)
    })

    it('takes an expired URL as a reason to ask for a new one, not as a failure', async () => {
      const storage = await get()
      const bytes = randomBytes(storage.partSizeBytes * 2 + 7)
      const place = await storage.place(bytes.length)
      await storage.setFaults([{ match: storage.bytesPattern, p: 1, action: 'expire', times: 1 }])
      try {
        const { proof } = await send(storage, place, await fileOf(bytes))
        expect(proof.proven).toBe(true)
      } finally {
        await storage.setFaults([])
      }
      expect((await storage.stored(place.ticket))?.equals(bytes)).toBe(true)
    })

    it('waits and tries again when the storage is busy', async () => {
      const storage = await get()
      const bytes = randomBytes(2_000)
      const place = await storage.place(bytes.length)
      await storage.setFaults([
        { match: storage.bytesPattern, p: 1, action: 'status', status: 503, retryAfterS: 0, times: 2 },
      ])
      try {
        expect((await send(storage, place, await fileOf(bytes))).proof.proven).toBe(true)
      } finally {
        await storage.setFaults([])
      }
    })

    it('never calls a file proven when the storage reports another sum', async () => {
      const storage = await get()
      const bytes = randomBytes(3_000)
      const place = await storage.place(bytes.length)
      await storage.setFaults([{ match: storage.bytesPattern, p: 1, action: 'wrong-etag' }])
      try {
        await expect(send(storage, place, await fileOf(bytes))).rejects.toMatchObject({
          code: 'storage.mismatch',
        })
      } finally {
        await storage.setFaults([])
      }
    })

    it('reports a file that grew, was rewritten or vanished', async () => {
      const storage = await get()
      const bytes = randomBytes(5_000)
      const place = await storage.place(bytes.length)
      const grown = await fileOf(bytes)
      await appendFile(grown.path, 'more')
      await expect(send(storage, place, grown)).rejects.toMatchObject({ code: 'file.changed' })

      const rewritten = await fileOf(bytes)
      await utimes(rewritten.path, new Date(), new Date(Date.now() + 60_000))
      await expect(send(storage, place, rewritten)).rejects.toMatchObject({ code: 'file.changed' })

      const gone = await fileOf(bytes)
      await rm(gone.path)
      await expect(send(storage, place, gone)).rejects.toMatchObject({ code: 'file.missing' })
    })

    it('notices a change in the middle of sending', async () => {
      const storage = await get()
      const bytes = randomBytes(storage.partSizeBytes * 3)
      const place = await storage.place(bytes.length)
      const source = await fileOf(bytes)
      let changed = false
      const sending = send(storage, place, source, {
        throttle: async (count) => {
          if (!changed) await writeFile(source.path, randomBytes(bytes.length - 1))
          changed = true
          return count
        },
      })
      await expect(sending).rejects.toMatchObject({ code: 'file.changed' })
    })

    // What keeps no list of parts is held to the sum of the whole file instead.
    if (keepsParts)
      it('refuses to go on with a file that has other bytes than the parts sent before', async () => {
        const storage = await get()
        const bytes = randomBytes(storage.partSizeBytes * 3)
        const place = await storage.place(bytes.length)
        const source = await fileOf(bytes)
        const stop = new AbortController()
        const kept: TransferCheckpoint[] = []
        const first = send(storage, place, source, {
          signal: stop.signal,
          saveCheckpoint: (checkpoint) => {
            kept.push(JSON.parse(JSON.stringify(checkpoint)) as TransferCheckpoint)
            if (Object.keys((checkpoint['parts'] as object | undefined) ?? {}).length > 0) stop.abort()
            return Promise.resolve()
          },
        })
        const outcome = await first.then(
          () => 'done',
          () => 'stopped',
        )
        const parts = kept.at(-1)?.['parts'] as object | undefined
        expect(outcome).toBe('stopped')
        expect(Object.keys(parts ?? {})).not.toEqual([])
        // The same size and time, other bytes: only reading can tell.
        await writeFile(source.path, randomBytes(bytes.length))
        await utimes(source.path, new Date(source.mtimeMs), new Date(source.mtimeMs))
        const again = { ...(await sourceOf(source.path)) }
        await expect(send(storage, place, again, { checkpoint: kept.at(-1) ?? null })).rejects.toMatchObject({
          code: 'file.changed',
        })
      })

    it('leaves nothing behind when it is abandoned', async () => {
      const storage = await get()
      const bytes = randomBytes(storage.partSizeBytes * 3)
      const place = await storage.place(bytes.length)
      const stop = new AbortController()
      const kept: TransferCheckpoint[] = []
      await send(storage, place, await fileOf(bytes), {
        signal: stop.signal,
        saveCheckpoint: (checkpoint) => {
          kept.push(checkpoint)
          stop.abort()
          return Promise.resolve()
        },
      }).catch(() => undefined)
      const checkpoint = kept.at(-1)
      if (!checkpoint) return
      const { signal } = new AbortController()
      await storage.transfer.abandon(place.ticket, checkpoint, place.broker, signal)
      await storage.transfer.abandon(place.ticket, checkpoint, place.broker, signal)
      expect(await storage.stored(place.ticket)).toBeNull()
    })
  })
}
