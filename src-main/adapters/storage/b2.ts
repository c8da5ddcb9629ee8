import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { B2_PARTS, choosePartSize, planParts, type Part } from '../../core/transfer/plan-parts.ts'
import type { Hashes } from '../../ports/hasher.ts'
import type { TransferProof, TransferRequest } from '../../ports/storage-transfer.ts'
import { CheckpointWriter } from './checkpoint-writer.ts'
import { runParts, type PartRun } from './part-run.ts'
import { overSessions, persist, SessionLost } from './persist.ts'
import { bodyOfBytes } from './send-body.ts'
import type { SourceFile } from './source-file.ts'
import type { StorageAnswer } from './storage-http.ts'
import { readStoredEtag } from './stored-object.ts'
import { uploadUrlOf } from './tickets.ts'
import type { TransferContext } from './transfer-context.ts'
import { hashNames, withWholeBody, type WholeTry } from './whole-body.ts'

export const B2Checkpoint = z.object({
  method: z.literal('B2'),
  uploadFileId: z.string().min(1),
  partSizeBytes: z.number().int().positive(),
  /** SHA-1 of each part that B2 has confirmed, by number. */
  parts: z.record(z.string(), z.string()),
  /** Set before the parts are put together: the answer may get lost. */
  finishing: z.boolean().default(false),
})
type B2Checkpoint = z.infer<typeof B2Checkpoint>

/** b2_upload_file: the whole in one request with its SHA-1, which B2 checks and repeats. */
export async function sendToB2InOne(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
): Promise<TransferProof> {
  let ticket = request.ticket
  return withWholeBody(context, request, source, hashNames(request, 'sha1'), (begin) => {
    let current!: WholeTry
    return persist(context, {
      action: `take ${source.path}`,
      signal: request.signal,
      send: () => {
        current = begin()
        return context.http({
          method: 'POST',
          url: uploadUrlOf(ticket),
          headers: {
            authorization: ticket.credentials['authorizationToken'] ?? '',
            'x-bz-file-name': encodeFileName(ticket.uploadFilename ?? ticket.fileId),
            'content-type': request.source.contentType || 'b2/x-auto',
            'x-bz-content-sha1': current.before?.sha1 ?? 'do_not_verify',
          },
          body: current.body,
          signal: request.signal,
        })
      },
      accept: async (answer) => {
        if (answer.status !== 200) return null
        const hashes = await current.after()
        const stored = storedSha1(answer)
        const sizeBytes = source.sizeBytes
        if (stored === null)
          return {
            proven: false,
            evidence: 'The storage gave no evidence of what it holds.',
            sizeBytes,
            hashes,
          }
        checkSha1(stored, hashes.sha1 ?? '', source.path)
        return {
          proven: true,
          evidence: 'size and SHA-1 agree',
          sizeBytes,
          hashes,
        }
      },
      // A used or expired upload URL is replaced, as B2 asks for after any failure.
      refresh: async () => {
        ticket = await request.broker.refreshTicket(request.signal)
      },
      afterBreak: async () => {
        ticket = await request.broker.refreshTicket(request.signal)
      },
    })
  })
}

/** b2_start_large_file, b2_upload_part, b2_finish_large_file, the first and last through iconik. */
export async function sendToB2InParts(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
): Promise<TransferProof> {
  const before = B2Checkpoint.safeParse(request.checkpoint)
  return overSessions(context, request.ticket.fileId, async (isFirst) => {
    if (before.success && isFirst) return new B2Large(context, request, source, before.data).run()
    const { uploadFileId, ...address } = await request.broker.b2Start(request.signal)
    const partSizeBytes = context.partSizeBytes ?? choosePartSize(source.sizeBytes, B2_PARTS)
    const state = { method: 'B2' as const, uploadFileId, partSizeBytes, parts: {}, finishing: false }
    return new B2Large(context, request, source, state).run(address)
  })
}

interface PartAddress {
  uploadUrl: string
  authorizationToken: string
}

class B2Large {
  readonly #context: TransferContext
  readonly #request: TransferRequest
  readonly #source: SourceFile
  readonly #state: B2Checkpoint
  readonly #writer: CheckpointWriter
  /** Addresses that nobody uses: B2 takes one part at a time at each. */
  readonly #free: PartAddress[] = []

  constructor(context: TransferContext, request: TransferRequest, source: SourceFile, state: B2Checkpoint) {
    this.#context = context
    this.#request = request
    this.#source = source
    this.#state = state
    this.#writer = new CheckpointWriter(() => request.saveCheckpoint(structuredClone(state)))
  }

  async run(address?: PartAddress): Promise<TransferProof> {
    await this.#writer.write()
    if (address) this.#free.push(address)
    const parts = planParts(this.#source.sizeBytes, this.#state.partSizeBytes)
    if (!address) {
      const finished = await this.#adoptFinished(parts)
      if (finished) return finished
    }
    const first = this.#free[0] ?? (await this.#newAddress())
    if (this.#free.length === 0) this.#free.push(first)
    const hashes = await this.#run(parts, first.uploadUrl, (part, bytes, sha1, onSent, signal) =>
      this.#sendPart(part, bytes, sha1, onSent, signal),
    )
    await this.#source.checkUnchanged()
    await this.#finish(parts)
    return this.#proof(parts, hashes)
  }

  async #finish(parts: Part[]): Promise<void> {
    if (!this.#state.finishing) {
      this.#state.finishing = true
      await this.#writer.write()
    }
    const sums = parts.map(({ number }) => this.#state.parts[number] ?? '')
    try {
      await this.#request.broker.b2Finish(this.#state.uploadFileId, sums, this.#request.signal)
    } catch (error) {
      // Sent again after a lost answer, it is told that there is no such upload.
      if (!isRefused(error) || !(await this.#isStored())) throw asLost(error)
    }
  }

  /**
   * What became of an upload that was about to be put together when its answer was lost. The file is read again, so that its parts are
   * known to be those that B2 confirmed; B2 puts together nothing else than the list of their sums.
   * @returns null when it was not put together
   */
  async #adoptFinished(parts: Part[]): Promise<TransferProof | null> {
    if (!this.#state.finishing || !(await this.#isStored())) return null
    const hashes = await this.#run(parts, 'https://b2.invalid', () =>
      Promise.reject(new SessionLost({ status: 404, text: '', header: () => null })),
    )
    return this.#proof(parts, hashes)
  }

  async #isStored(): Promise<boolean> {
    const stored = await readStoredEtag(this.#context, this.#request)
    return stored?.sizeBytes === this.#source.sizeBytes
  }

  #proof(parts: Part[], hashes: Hashes): TransferProof {
    return {
      proven: true,
      evidence: `${parts.length} parts, sizes and SHA-1 agree`,
      sizeBytes: this.#source.sizeBytes,
      hashes,
    }
  }

  #run(parts: Part[], hostUrl: string, send: PartRun['send']): Promise<Hashes> {
    return runParts(this.#context, this.#request, this.#source, {
      parts,
      partHash: 'sha1',
      fileHashes: hashNames(this.#request),
      sentBefore: new Map(Object.entries(this.#state.parts).map(([number, sha1]) => [Number(number), sha1])),
      hostUrl,
      send,
      onConfirmed: (part, sha1) => {
        this.#state.parts[part.number] = sha1
        return this.#writer.write()
      },
    })
  }

  async #sendPart(
    part: Part,
    bytes: Uint8Array,
    sha1: string,
    onSent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let address = this.#free.pop() ?? (await this.#newAddress())
    const { throttle } = this.#request
    const renew = async () => {
      address = await this.#newAddress()
    }
    await persist(this.#context, {
      action: `take part ${part.number}`,
      signal,
      send: () =>
        this.#context.http({
          method: 'POST',
          url: address.uploadUrl,
          headers: {
            authorization: address.authorizationToken,
            'x-bz-part-number': String(part.number),
            'x-bz-content-sha1': sha1,
          },
          body: bodyOfBytes(bytes, { throttle, signal }, onSent),
          signal,
        }),
      accept: (answer) => {
        if (isUnknownUpload(answer)) throw new SessionLost(answer)
        if (answer.status !== 200) return null
        checkSha1(storedSha1(answer) ?? 'none', sha1, `part ${part.number}`)
        return true
      },
      refresh: renew,
      afterBreak: renew,
      trouble: () => this.#context.hosts.trouble(address.uploadUrl),
    })
    this.#free.push(address)
  }

  /** @throws SessionLost when B2 does not know the upload any more */
  async #newAddress(): Promise<PartAddress> {
    try {
      return await this.#request.broker.b2Start(this.#request.signal, this.#state.uploadFileId)
    } catch (error) {
      throw asLost(error)
    }
  }
}

/** B2 says so with 400 and no code of its own (Native API, b2_upload_part: "No active upload for: …"). */
const isUnknownUpload = ({ status, text }: StorageAnswer) =>
  (status === 400 || status === 404) && /no active upload|file.?id.*(not found|does not exist)/i.test(text)

const isRefused = (error: unknown) =>
  error instanceof AppError && (error.code === 'api.invalid' || error.code === 'api.not-found')

/** iconik passes on that B2 does not know an upload as a refusal of the call. */
function asLost(error: unknown): unknown {
  if (!isRefused(error)) return error
  const status = Number((error as AppError).details['status'] ?? 404)
  return new SessionLost({ status, text: '', header: () => null })
}

/** B2 wants names percent-encoded, slashes kept. */
const encodeFileName = (name: string) => name.split('/').map(encodeURIComponent).join('/')

function storedSha1(answer: StorageAnswer): string | null {
  try {
    const { contentSha1 } = JSON.parse(answer.text) as { contentSha1?: unknown }
    return typeof contentSha1 === 'string' ? contentSha1.replace(/^unverified:/, '').toLowerCase() : null
  } catch {
    return null
  }
}

/** @throws AppError storage.mismatch */
function checkSha1(stored: string, sha1: string, what: string): void {
  if (stored === sha1) return
  throw new AppError(
    'storage.mismatch',
    `The storage reports the SHA-1 ${stored} for ${what}; it is ${sha1}.`,
    {
      details: { stored, sha1 },
    },
  )
}
