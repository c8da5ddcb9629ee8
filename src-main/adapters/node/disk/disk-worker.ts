// Runs in a worker thread: looks at many files in a row. One call that waits costs a tenth of a promise for each of them, and here nobody
// else has to wait. Built as an entry of its own; imports nothing at run time that a thread without the app's aliases could not find.
import fs from 'node:fs'
import path from 'node:path'
import { parentPort } from 'node:worker_threads'
import { SMALL_BYTES } from '../../../ports/hash-streams.ts'
import { KINDS } from './disk-messages.ts'
import type {
  DiskAnswer,
  DiskFailure,
  DiskTask,
  FileToHash,
  Listing,
  Looks,
  PathLooks,
  SmallHash,
} from './disk-messages.ts'
import { kindOf, millisecondsOf } from './raw-stats.ts'

const port = parentPort
if (!port) throw new Error('The disk worker runs in a worker thread only.')

/** With room for one more byte, which shows that a file has grown. */
const memory = new Uint8Array(SMALL_BYTES + 1)
let last: Promise<void> = Promise.resolve()

port.on('message', (task: DiskTask) => {
  const answer = (message: DiskAnswer) => port.postMessage(message)
  last = last
    .then(async () => answer(await carryOut(task)))
    .catch((error: unknown) => answer({ broken: String(error) }))
})

async function carryOut(task: DiskTask): Promise<DiskAnswer> {
  if (task.do === 'list') return { listings: task.folders.map(list) }
  if (task.do === 'look') return { looks: look(task.paths) }
  const hashed: SmallHash[] = []
  for (const file of task.files) hashed.push(await hash(file))
  return { hashed }
}

function list(folder: string): Listing {
  let names: string[] = []
  let failure: DiskFailure | null = null
  try {
    names = fs.readdirSync(folder)
  } catch (error) {
    failure = failureOf(error)
  }
  const listing: Listing = {
    folder,
    failure,
    failures: [],
    names: '',
    ...noLooks(names.length),
  }
  const seen: string[] = []
  for (const name of names)
    try {
      const stats = fs.lstatSync(path.join(folder, name), { bigint: true })
      note(listing, seen.push(name) - 1, stats)
    } catch (error) {
      listing.failures.push({ name, failure: failureOf(error) })
    }
  listing.names = seen.join('/')
  return listing
}

function look(paths: readonly string[]): PathLooks {
  const looks: PathLooks = { ...noLooks(paths.length), failures: [] }
  for (const [at, file] of paths.entries())
    try {
      note(looks, at, fs.lstatSync(file, { bigint: true }))
    } catch (error) {
      looks.failures.push({ at, failure: failureOf(error) })
    }
  return looks
}

function noLooks(count: number): Looks {
  return {
    kinds: new Uint8Array(count),
    sizesBytes: new Float64Array(count),
    mtimesMs: new Float64Array(count),
    inodes: new BigUint64Array(count),
    devices: new BigUint64Array(count),
  }
}

function note(looks: Looks, at: number, stats: fs.BigIntStats): void {
  looks.kinds[at] = KINDS.indexOf(kindOf(stats))
  looks.sizesBytes[at] = Number(stats.size)
  looks.mtimesMs[at] = millisecondsOf(stats.mtimeNs)
  looks.inodes[at] = stats.ino
  looks.devices[at] = stats.dev
}

async function hash({ path: file, names }: FileToHash): Promise<SmallHash> {
  let fd: number | undefined
  try {
    fd = fs.openSync(file, 'r')
    const before = fs.fstatSync(fd, { bigint: true })
    if (before.size >= SMALL_BYTES) return 'large'
    const expectedBytes = Number(before.size)
    let sizeBytes = 0
    while (sizeBytes <= expectedBytes) {
      const read = fs.readSync(fd, memory, sizeBytes, expectedBytes + 1 - sizeBytes, sizeBytes)
      if (read === 0) break
      sizeBytes += read
    }
    const after = fs.fstatSync(fd, { bigint: true })
    const { createRunningHashes } = await import('../running-hashes.ts')
    const running = await createRunningHashes(names)
    running.update(memory.subarray(0, sizeBytes))
    const isChanged =
      after.size !== before.size || after.mtimeNs !== before.mtimeNs || sizeBytes !== Number(after.size)
    return { hashes: running.digest(), sizeBytes, isChanged }
  } catch (error) {
    return { failure: failureOf(error) }
  } finally {
    if (fd !== undefined) fs.closeSync(fd)
  }
}

function failureOf(error: unknown): DiskFailure {
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException
  return { code, message }
}
