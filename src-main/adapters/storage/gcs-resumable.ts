import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Hashes } from '../../ports/hasher.ts'
import type { HashStream } from '../../ports/hash-streams.ts'
import type { TransferProof, TransferRequest, UploadTicket } from '../../ports/storage-transfer.ts'
import { persist, SessionLost } from './persist.ts'
import { bodyOfRange, hashRange } from './send-body.ts'
import type { SourceFile } from './source-file.ts'
import { errorFromStorage, remedyFor } from './storage-answers.ts'
import type { StorageAnswer } from './storage-http.ts'
import { uploadUrlOf } from './tickets.ts'
import { TransferProgress, type TransferContext } from './transfer-context.ts'
import { hashNames } from './whole-body.ts'

export const GcsCheckpoint = z.object({ method: z.literal('GCS'), sessionUrl: z.url() })
type GcsCheckpoint = z.infer<typeof GcsCheckpoint>

/** How often a session may be begun anew, and a stream go on after a break without any byte arriving, before giving up. */
const MOST_SESSIONS = 3
const MOST_IDLE_BREAKS = 4

/**
 * A resumable upload (Cloud Storage: "Resumable uploads"): a session is begun at the signed URL, the bytes go to it in one
 * stream, and after a break the session tells how much it has. The proof is the CRC32C that Cloud Storage computes.
 */
export async function sendToGcs(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
): Promise<TransferProof> {
  const progress = new TransferProgress(request)
  const before = GcsCheckpoint.safeParse(request.checkpoint)
  let state: GcsCheckpoint | null = before.success ? before.data : null
  for (let sessions = 1; ; sessions++) {
    const resumed = state !== null
    state ??= await beginSession(context, request)
    if (!resumed) await request.saveCheckpoint(state)
    try {
      return await sendToSession(context, request, source, state.sessionUrl, resumed, progress)
    } catch (error) {
      if (!(error instanceof SessionLost)) throw error
      if (sessions >= MOST_SESSIONS)
        throw errorFromStorage(error.answer, 'keep the upload session', context.clock.nowMs())
      context.logger.info('an upload session is gone; beginning anew', { file: request.ticket.fileId })
      state = null
      progress.startAgain()
    }
  }
}

async function beginSession(context: TransferContext, request: TransferRequest): Promise<GcsCheckpoint> {
  let ticket: UploadTicket = request.ticket
  const { signal } = request
  const sessionUrl = await persist(context, {
    action: 'begin an upload session',
    signal,
    send: () =>
      context.http({
        method: 'POST',
        url: uploadUrlOf(ticket),
        headers: { 'x-goog-resumable': 'start', 'content-type': request.source.contentType },
        signal,
      }),
    accept: (answer) => {
      if (answer.status !== 201 && answer.status !== 200) return null
      const location = answer.header('location')
      if (location !== null && URL.canParse(location)) return location
      const id = answer.header('x-guploader-uploadid')
      if (id !== null) return `${uploadUrlOf(ticket)}&upload_id=${encodeURIComponent(id)}`
      throw new AppError('storage.refused', 'The storage began an upload session without naming it.', {
        retry: { when: 'later' },
      })
    },
    refresh: async () => {
      ticket = await request.broker.refreshTicket(signal)
    },
  })
  return { method: 'GCS', sessionUrl }
}

/** Sends from where the session is to the end, going on after breaks. @throws SessionLost */
async function sendToSession(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
  sessionUrl: string,
  resumed: boolean,
  progress: TransferProgress,
): Promise<TransferProof> {
  let at: SessionState = { offset: 0 }
  let ask = resumed
  let idleBreaks = 0
  for (;;) {
    if (ask) {
      const now = await askSession(context, request, sessionUrl, source.sizeBytes)
      if (!('answer' in now) && !('answer' in at)) idleBreaks = now.offset > at.offset ? 0 : idleBreaks + 1
      at = now
    }
    ask = true
    const sum = context.hashStreams.open(hashNames(request, 'crc32c'))
    try {
      // The bytes that are there already are read as well: the CRC32C is of the whole.
      const known = 'answer' in at ? source.sizeBytes : at.offset
      await hashRange(context, source, { offset: 0, endOffset: known }, sum, request.signal)
      const answer =
        'answer' in at
          ? at.answer
          : await streamFrom(context, request, source, sessionUrl, at.offset, sum, progress)
      if (answer.status === 200 || answer.status === 201) {
        const hashes = await sum.digest()
        await source.checkUnchanged()
        return judge(answer, hashes, source.sizeBytes)
      }
      if (answer.status === 308) continue
      if (remedyFor(answer) === 'start-again') throw new SessionLost(answer)
      const error = errorFromStorage(answer, `take ${source.path}`, context.clock.nowMs())
      if (remedyFor(answer) !== 'again' || idleBreaks >= MOST_IDLE_BREAKS) throw error
    } catch (error) {
      if (!isBreak(error) || idleBreaks >= MOST_IDLE_BREAKS) throw error
    } finally {
      sum.close()
    }
    await context.clock.sleep(250 * 2 ** idleBreaks, request.signal)
  }
}

function streamFrom(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
  sessionUrl: string,
  offset: number,
  sum: HashStream,
  progress: TransferProgress,
): Promise<StorageAnswer> {
  const total = source.sizeBytes
  const body = bodyOfRange(context, source, { offset, endOffset: total }, sum, request, (sent) =>
    progress.moved(1, offset + sent),
  )
  // Without a range a session takes the whole from its beginning.
  const range = offset === 0 ? null : { 'content-range': `bytes ${offset}-${total - 1}/${total}` }
  return context.hosts.run(sessionUrl, total - offset, request, () =>
    context.http({ method: 'PUT', url: sessionUrl, headers: { ...range }, body, signal: request.signal }),
  )
}

type SessionState = { offset: number } | { answer: StorageAnswer }

/** How many bytes the session has; its final answer when it has all. @throws SessionLost */
function askSession(
  context: TransferContext,
  { signal }: TransferRequest,
  sessionUrl: string,
  sizeBytes: number,
): Promise<SessionState> {
  return persist<SessionState>(context, {
    action: 'tell how much it has',
    signal,
    send: () =>
      context.http({
        method: 'PUT',
        url: sessionUrl,
        headers: { 'content-range': `bytes */${sizeBytes}` },
        signal,
      }),
    accept: (answer) => {
      if (answer.status === 200 || answer.status === 201) return { answer }
      if (answer.status !== 308) return null
      const last = /bytes=0-(\d+)/.exec(answer.header('range') ?? '')?.[1]
      return { offset: last === undefined ? 0 : Math.min(Number(last) + 1, sizeBytes) }
    },
  })
}

/** @throws AppError storage.mismatch */
function judge(answer: StorageAnswer, hashes: Hashes, sizeBytes: number): TransferProof {
  const stored = storedCrc32c(answer)
  if (stored === null)
    return { proven: false, evidence: 'The storage gave no evidence of what it holds.', sizeBytes, hashes }
  if (stored === hashes.crc32c)
    return {
      proven: true,
      evidence: 'size and CRC32C agree',
      sizeBytes,
      hashes,
    }
  throw new AppError(
    'storage.mismatch',
    `The storage reports the CRC32C ${stored}; the file has ${hashes.crc32c ?? 'none'}.`,
    { details: { stored, crc32c: hashes.crc32c ?? '' } },
  )
}

/** From `x-goog-hash: crc32c=<base64>` or the object resource in the body, as 8 hex digits. */
function storedCrc32c(answer: StorageAnswer): string | null {
  const inHeader = /crc32c=([A-Za-z0-9+/]+=*)/.exec(answer.header('x-goog-hash') ?? '')?.[1]
  const inBody =
    inHeader === undefined ? /"crc32c"\s*:\s*"([A-Za-z0-9+/]+=*)"/.exec(answer.text)?.[1] : undefined
  const base64 = inHeader ?? inBody
  return base64 === undefined ? null : Buffer.from(base64, 'base64').toString('hex')
}

const isBreak = (error: unknown) =>
  error instanceof AppError &&
  (error.code === 'network.timeout' ||
    (error.code === 'network.offline' && error.details['mayHaveTakenEffect'] === true))
