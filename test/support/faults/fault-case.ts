import { appendFileSync, chmodSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { age } from '../ferry-command.ts'

export type Method = 'S3' | 'GCS' | 'AZURE' | 'B2' | 'FILE'
export const METHODS: readonly Method[] = ['S3', 'GCS', 'AZURE', 'B2', 'FILE']

/** What a case may do to the world around an upload. */
export interface CaseWorld {
  method: Method
  /** The file that has several parts; the other two of a case are small. */
  largePath: string
  /** Requests that carry bytes, for fault rules. */
  bytesPattern: string
  setFaults(rules: unknown[]): Promise<void>
  /** Runs once, when half of the large file is on its way. */
  inTheMiddle(work: () => void): void
  /** Runs once, when the first call that makes something was answered. */
  afterFirstCreate(work: () => void): void
  stopServer(): Promise<void>
  startServer(): Promise<void>
  journalIsFull(full: boolean): void
  /** After so many milliseconds of the uploader's clock. */
  later(delayMs: number, work: () => void | Promise<void>): void
}

export interface FaultCase {
  name: string
  /** What Ferry owes the person, in the words of the table. */
  promised: string
  /** Where the fault cannot happen, with the reason. */
  notFor?: Partial<Record<Method, string>>
  /** Brings the fault about; called before the upload begins. */
  cause(world: CaseWorld): void | Promise<void>
  /** Takes the cause away, once the upload has failed or waits for somebody. */
  lift?(world: CaseWorld): void | Promise<void>
}

export const DONE = 'done once'
const FAILS = (code: string) => `fails (${code}); retry: ${DONE}`
const ASKS = `waits and asks; then ${DONE}`

const CREATES = ['*/assets/', '*/formats/', '*/file_sets/', '*/files/', '*/files/upload/', '*/jobs/']
const BYTES_AND_API = (world: CaseWorld, rule: object, times: number) => [
  { match: world.bytesPattern, ...rule, times },
  { match: 'POST /API/*', ...rule, times },
  { match: 'PATCH /API/*', ...rule, times },
]
const changeAll = (path: string) => {
  writeFileSync(path, randomBytes(1_500_000))
  age(path)
}
/** Files that are being written to again and again. */
const meddling = new Map<string, ReturnType<typeof setInterval>>()

export const faultCases: readonly FaultCase[] = [
  {
    name: 'every answer takes 150 ms',
    promised: DONE,
    cause: ({ setFaults }) => setFaults([{ match: '* *', action: 'delay', ms: 150 }]),
  },
  {
    name: 'connections cut before the effect',
    promised: DONE,
    cause: (world) => world.setFaults(BYTES_AND_API(world, { action: 'drop-before' }, 2)),
  },
  {
    name: 'connections cut after the effect, each create once',
    promised: DONE,
    cause: (world) =>
      world.setFaults([
        ...CREATES.map((path) => ({ match: `POST ${path}`, action: 'drop-after', times: 1 })),
        { match: 'POST */multipart/*', action: 'drop-after', times: 2 },
        ...BYTES_AND_API(world, { action: 'drop-after' }, 1),
      ]),
  },
  {
    name: '429 with Retry-After',
    promised: DONE,
    cause: (world) =>
      world.setFaults(BYTES_AND_API(world, { action: 'status', status: 429, retryAfterS: 2 }, 2)),
  },
  {
    name: '429 without Retry-After',
    promised: DONE,
    cause: (world) => world.setFaults(BYTES_AND_API(world, { action: 'status', status: 429 }, 2)),
  },
  {
    name: '500',
    promised: DONE,
    cause: (world) => world.setFaults(BYTES_AND_API(world, { action: 'status', status: 500 }, 2)),
  },
  {
    name: '503',
    promised: DONE,
    cause: (world) => world.setFaults(BYTES_AND_API(world, { action: 'status', status: 503 }, 2)),
  },
  {
    name: '500 for every byte, without end',
    promised: FAILS('storage.refused'),
    cause: ({ setFaults }) => setFaults([{ match: '* /_storage/*', action: 'status', status: 500 }]),
    lift: ({ setFaults }) => setFaults([]),
  },
  {
    name: 'answers cut short',
    promised: DONE,
    cause: (world) =>
      world.setFaults([
        ...CREATES.map((path) => ({ match: `POST ${path}`, action: 'truncate', times: 1 })),
        { match: 'PATCH /API/*', action: 'truncate', times: 1 },
        { match: '* /_storage/*', action: 'truncate', times: 2 },
      ]),
  },
  {
    name: 'signed URLs that expired',
    promised: DONE,
    cause: ({ setFaults }) => setFaults([{ match: '* /_storage/*', action: 'expire', times: 3 }]),
  },
  {
    name: 'upload session lost',
    promised: DONE,
    notFor: { FILE: 'one request, no session' },
    cause: ({ setFaults, bytesPattern }) =>
      setFaults([{ match: bytesPattern, action: 'lose-session', times: 1 }]),
  },
  {
    name: 'wrong sum reported once',
    promised: DONE,
    cause: ({ setFaults, bytesPattern }) =>
      setFaults([{ match: bytesPattern, action: 'wrong-etag', times: 1 }]),
  },
  {
    name: 'wrong sum reported always',
    promised: FAILS('storage.mismatch'),
    cause: ({ setFaults }) => setFaults([{ match: '* /_storage/*', action: 'wrong-etag' }]),
    lift: ({ setFaults }) => setFaults([]),
  },
  {
    name: 'short writes',
    promised: DONE,
    cause: ({ setFaults, bytesPattern }) =>
      setFaults([{ match: bytesPattern, action: 'short-write', times: 2 }]),
  },
  {
    name: 'server away for a minute',
    promised: `waits for it; then ${DONE}`,
    cause: (world) =>
      world.inTheMiddle(() => {
        void world.stopServer().then(() => world.later(60_000, () => world.startServer()))
      }),
  },
  {
    name: 'token revoked',
    promised: ASKS,
    cause: (world) =>
      world.inTheMiddle(() => void world.setFaults([{ match: '* /API/*', action: 'expire' }])),
    lift: ({ setFaults }) => setFaults([]),
  },
  {
    name: 'disk of the journal full',
    promised: ASKS,
    cause: (world) => world.inTheMiddle(() => world.journalIsFull(true)),
    lift: (world) => world.journalIsFull(false),
  },
  {
    name: 'source rewritten in the middle',
    promised: DONE,
    cause: (world) => world.inTheMiddle(() => changeAll(world.largePath)),
  },
  {
    name: 'source grows in the middle',
    promised: DONE,
    cause: (world) =>
      world.inTheMiddle(() => {
        appendFileSync(world.largePath, 'more at the end')
        age(world.largePath)
      }),
  },
  {
    name: 'source shrinks in the middle',
    promised: DONE,
    cause: (world) => world.inTheMiddle(() => truncateSync(world.largePath, 1_250_000)),
  },
  {
    name: 'source never stops changing',
    promised: FAILS('file.changed'),
    cause: ({ largePath }) => {
      meddling.set(
        largePath,
        setInterval(() => appendFileSync(largePath, 'x'), 2),
      )
    },
    lift: ({ largePath }) => {
      endMeddling(largePath)
      age(largePath)
    },
  },
  {
    name: 'source vanishes in the middle',
    promised: FAILS('file.missing'),
    cause: (world) => world.inTheMiddle(() => renameSync(world.largePath, `${world.largePath}.away`)),
    lift: ({ largePath }) => renameSync(`${largePath}.away`, largePath),
  },
  {
    name: 'source unreadable once the upload has begun',
    promised: FAILS('file.unreadable'),
    cause: (world) => world.afterFirstCreate(() => chmodSync(world.largePath, 0)),
    lift: ({ largePath }) => chmodSync(largePath, 0o644),
  },
]

/** So that a case that failed in its middle leaves nothing running. */
export function endMeddling(largePath: string): void {
  clearInterval(meddling.get(largePath))
  meddling.delete(largePath)
}
