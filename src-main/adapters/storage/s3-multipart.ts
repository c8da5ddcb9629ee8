import { createHash } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { choosePartSize, planParts, S3_PARTS, type Part } from '../../core/transfer/plan-parts.ts'
import type { Hashes } from '../../ports/hasher.ts'
import type { TransferProof, TransferRequest, UploadTicket } from '../../ports/storage-transfer.ts'
import { CheckpointWriter } from './checkpoint-writer.ts'
import { runParts } from './part-run.ts'
import { overSessions, persist, SessionLost } from './persist.ts'
import { contentMd5, isKms } from './s3-single.ts'
import { bodyOfBytes } from './send-body.ts'
import type { SourceFile } from './source-file.ts'
import { isMd5, parseXml, plainEtag } from './storage-answers.ts'
import type { StorageAnswer } from './storage-http.ts'
import { readStoredEtag } from './stored-object.ts'
import type { TransferContext } from './transfer-context.ts'
import { hashNames } from './whole-body.ts'

export const S3Checkpoint = z.object({
  method: z.literal('S3'),
  uploadId: z.string().min(1),
  partSizeBytes: z.number().int().positive(),
  /** MD5 of each part that S3 has confirmed, by number. */
  parts: z.record(z.string(), z.string()),
  /** Set before the parts are put together: the answer may get lost. */
  completing: z.boolean().default(false),
})
type S3Checkpoint = z.infer<typeof S3Checkpoint>

/**
 * Multipart upload (Amazon S3 API: CreateMultipartUpload, UploadPart, ListParts, CompleteMultipartUpload), each request
 * signed by iconik. Each part's ETag is its MD5, and that of the whole is the MD5 of those: that is the proof.
 */
export async function sendToS3InParts(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
): Promise<TransferProof> {
  const upload = new S3Multipart(context, request, source)
  return upload.run()
}

class S3Multipart {
  readonly #context: TransferContext
  readonly #request: TransferRequest
  readonly #source: SourceFile
  readonly #writer: CheckpointWriter
  readonly #partUrls = new Map<number, string>()
  #ticket: UploadTicket
  #state!: S3Checkpoint
  #kms = false

  constructor(context: TransferContext, request: TransferRequest, source: SourceFile) {
    this.#context = context
    this.#request = request
    this.#source = source
    this.#ticket = request.ticket
    this.#writer = new CheckpointWriter(() => request.saveCheckpoint(structuredClone(this.#state)))
  }

  async run(): Promise<TransferProof> {
    const before = S3Checkpoint.safeParse(this.#request.checkpoint)
    return overSessions(this.#context, this.#request.ticket.fileId, async (isFirst) => {
      this.#partUrls.clear()
      if (before.success && isFirst) {
        this.#state = before.data
        return this.#sendAndComplete(await this.#listParts())
      }
      await this.#initiate()
      return this.#sendAndComplete(null)
    })
  }

  async #initiate(): Promise<void> {
    const uploadId = await persist(this.#context, {
      action: 'begin a multipart upload',
      signal: this.#request.signal,
      send: () =>
        this.#context.http({
          method: 'POST',
          url: this.#ticket.multipartUploadUrl ?? '',
          signal: this.#request.signal,
        }),
      accept: ({ status, text }) => {
        if (status !== 200) return null
        const result = parseXml(text)?.['InitiateMultipartUploadResult'] as { UploadId?: unknown } | undefined
        if (typeof result?.UploadId !== 'string' || result.UploadId === '')
          throw new AppError('storage.refused', 'The storage began a multipart upload without naming it.', {
            retry: { when: 'later' },
          })
        return result.UploadId
      },
      refresh: () => this.#refreshTicket(),
    })
    const partSizeBytes = this.#context.partSizeBytes ?? choosePartSize(this.#source.sizeBytes, S3_PARTS)
    this.#state = { method: 'S3', uploadId, partSizeBytes, parts: {}, completing: false }
    await this.#writer.write()
  }

  /** @param listed what S3 says that it has; null for an upload that was just begun */
  async #sendAndComplete(listed: Map<number, string> | 'gone' | null): Promise<TransferProof> {
    const parts = planParts(this.#source.sizeBytes, this.#state.partSizeBytes)
    if (listed === 'gone') return this.#adoptCompleted(parts)
    // A part that S3 does not list was not kept, whatever was noted; one that was noted has the sum that was sent.
    const sums = new Map(
      [...(listed ?? [])].map(([number, md5]) => [number, this.#state.parts[number] ?? md5] as const),
    )
    const hashes = await this.#sendParts(parts, sums)
    await this.#source.checkUnchanged()
    return this.#complete(parts, sums, hashes)
  }

  #sendParts(parts: Part[], sums: Map<number, string>): Promise<Hashes> {
    return runParts(this.#context, this.#request, this.#source, {
      parts,
      partHash: 'md5',
      fileHashes: hashNames(this.#request),
      sentBefore: new Map(sums),
      hostUrl: this.#ticket.multipartUploadUrl ?? this.#ticket.uploadUrl ?? 'https://s3.invalid',
      send: (part, bytes, md5, onSent, signal) =>
        this.#sendPart(part, parts.length, bytes, md5, onSent, signal),
      onConfirmed: (part, md5) => {
        sums.set(part.number, md5)
        this.#state.parts[part.number] = md5
        return this.#writer.write()
      },
    })
  }

  async #sendPart(
    part: Part,
    partCount: number,
    bytes: Uint8Array,
    md5: string,
    onSent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { throttle } = this.#request
    await persist(this.#context, {
      action: `take part ${part.number} of ${partCount}`,
      signal,
      send: async () => {
        const url = await this.#partUrl(part.number, partCount, signal)
        return this.#context.http({
          method: 'PUT',
          url,
          headers: { ...contentMd5(url, md5) },
          body: bodyOfBytes(bytes, { throttle, signal }, onSent),
          signal,
        })
      },
      accept: (answer) => (answer.status === 200 ? this.#judgePart(answer, part, md5) : null),
      refresh: async () => {
        this.#partUrls.clear()
      },
      trouble: () => this.#context.hosts.trouble(this.#ticket.multipartUploadUrl ?? 'https://s3.invalid'),
    })
  }

  #judgePart(answer: StorageAnswer, part: Part, md5: string): true {
    const etag = plainEtag(answer.header('etag'))
    if (isKms(answer)) this.#kms = true
    else if (etag !== md5)
      throw new AppError(
        'storage.mismatch',
        `The storage reports ${etag ?? 'no sum'} for part ${part.number}; its MD5 is ${md5}.`,
        { details: { part: part.number, etag, md5 } },
      )
    return true
  }

  /** URLs are asked for late, a page of them at a time: they expire. */
  async #partUrl(number: number, partCount: number, signal: AbortSignal): Promise<string> {
    const known = this.#partUrls.get(number)
    if (known !== undefined) return known
    const request = { uploadId: this.#state.uploadId, partNumbers: [number], partCount }
    for (const [at, url] of await this.#request.broker.s3PartUrls(request, signal))
      this.#partUrls.set(at, url)
    return this.#partUrls.get(number) ?? ''
  }

  async #complete(parts: Part[], sums: Map<number, string>, hashes: Hashes): Promise<TransferProof> {
    this.#state.completing = true
    await this.#writer.write()
    const body = `<CompleteMultipartUpload>${parts
      .map(
        ({ number }) => `<Part><ETag>"${sums.get(number)}"</ETag><PartNumber>${number}</PartNumber></Part>`,
      )
      .join('')}</CompleteMultipartUpload>`
    const { signal, broker } = this.#request
    let { completeUrl } = await broker.s3CompleteUrls(this.#state.uploadId, signal)
    const expected = combinedEtag(parts, sums)
    try {
      const etag = await persist(this.#context, {
        action: 'put the parts together',
        signal,
        send: () =>
          this.#context.http({
            method: 'POST',
            url: completeUrl,
            headers: { 'content-type': 'application/xml' },
            body: { bytes: body },
            signal,
          }),
        accept: (answer) => completedEtag(answer),
        refresh: async () => {
          ;({ completeUrl } = await broker.s3CompleteUrls(this.#state.uploadId, signal))
        },
      })
      return this.#judgeWhole(etag, expected, parts.length, hashes)
    } catch (error) {
      // Sent twice after a lost answer, the second is told that there is no such upload.
      if (error instanceof SessionLost) return this.#judgeStored(expected, parts.length, hashes, error)
      throw error
    }
  }

  #judgeWhole(etag: string, expected: string, count: number, hashes: Hashes): TransferProof {
    const sizeBytes = this.#source.sizeBytes
    if (etag === expected)
      return {
        proven: true,
        evidence: `${count} parts, sizes and MD5 agree`,
        sizeBytes,
        hashes,
      }
    if (this.#kms || !/^[0-9a-f]{32}-\d+$/.test(etag))
      return {
        proven: !this.#kms || contentMd5([...this.#partUrls.values()][0] ?? '', '00') !== null,
        evidence: `${count} parts, each checked on arrival`,
        sizeBytes,
        hashes,
      }
    throw new AppError(
      'storage.mismatch',
      `The storage reports ${etag} for the whole; the parts sent make ${expected}.`,
      {
        details: { etag, expected },
      },
    )
  }

  /** The upload is gone although it was about to be completed: it may have been. The file is read to make sure. */
  async #adoptCompleted(parts: Part[]): Promise<TransferProof> {
    const sums = new Map<number, string>()
    const hashes = await runParts(this.#context, this.#request, this.#source, {
      parts,
      partHash: 'md5',
      fileHashes: hashNames(this.#request),
      sentBefore: new Map(Object.entries(this.#state.parts).map(([n, md5]) => [Number(n), md5])),
      hostUrl: this.#ticket.multipartUploadUrl ?? 'https://s3.invalid',
      send: () => Promise.reject(new SessionLost({ status: 404, text: '', header: () => null })),
      onConfirmed: () => Promise.resolve(),
    })
    for (const [number, md5] of Object.entries(this.#state.parts)) sums.set(Number(number), md5)
    const gone = new SessionLost({ status: 404, text: '', header: () => null })
    return this.#judgeStored(combinedEtag(parts, sums), parts.length, hashes, gone)
  }

  async #judgeStored(
    expected: string,
    count: number,
    hashes: Hashes,
    gone: SessionLost,
  ): Promise<TransferProof> {
    const stored = await readStoredEtag(this.#context, this.#request)
    if (stored?.etag !== expected || stored.sizeBytes !== this.#source.sizeBytes) throw gone
    return this.#judgeWhole(stored.etag, expected, count, hashes)
  }

  /** MD5s of the parts that S3 holds, by number; 'gone' when it does not know the upload but it was being completed. */
  async #listParts(): Promise<Map<number, string> | 'gone'> {
    const { broker, signal } = this.#request
    const parts = planParts(this.#source.sizeBytes, this.#state.partSizeBytes)
    const urls = () => broker.s3CompleteUrls(this.#state.uploadId, signal, parts.length)
    const found = new Map<number, string>()
    let list = (await urls()).listPartsUrls
    // Nothing to ask: what was confirmed and noted has to do.
    if (list.length === 0)
      return new Map(Object.entries(this.#state.parts).map(([n, md5]) => [Number(n), md5]))
    try {
      for (let index = 0; index < list.length; index++) {
        const page = await persist(this.#context, {
          action: 'list the parts sent before',
          signal,
          send: () => this.#context.http({ method: 'GET', url: list[index] as string, signal }),
          accept: listedParts,
          refresh: async () => {
            list = (await urls()).listPartsUrls
          },
        })
        for (const { number, etag, sizeBytes } of page)
          if (isMd5(etag) && parts[number - 1]?.sizeBytes === sizeBytes) found.set(number, etag)
      }
    } catch (error) {
      if (error instanceof SessionLost && this.#state.completing) return 'gone'
      throw error
    }
    return found
  }

  async #refreshTicket(): Promise<void> {
    this.#ticket = await this.#request.broker.refreshTicket(this.#request.signal)
  }
}

/** S3's ETag of a multipart object: MD5 over the parts' MD5s, and their number. */
function combinedEtag(parts: Part[], sums: Map<number, string>): string {
  const all = createHash('md5')
  for (const { number } of parts) all.update(Buffer.from(sums.get(number) ?? '', 'hex'))
  return `${all.digest('hex')}-${parts.length}`
}

/** S3 may answer 200 and report a failure in the body (CompleteMultipartUpload, "processing could take minutes"). */
function completedEtag(answer: StorageAnswer): string | null {
  if (answer.status !== 200) return null
  const xml = parseXml(answer.text)
  const result = xml?.['CompleteMultipartUploadResult'] as { ETag?: unknown } | undefined
  if (typeof result?.ETag === 'string') return plainEtag(result.ETag.replaceAll('&quot;', '"')) ?? ''
  throw new AppError('storage.refused', 'The storage could not put the parts together.', {
    retry: { when: 'later' },
    details: { status: answer.status },
  })
}

function listedParts(answer: StorageAnswer): { number: number; etag: string; sizeBytes: number }[] | null {
  if (answer.status !== 200) return null
  const result = parseXml(answer.text)?.['ListPartsResult'] as { Part?: unknown } | undefined
  const rows = result?.Part === undefined ? [] : Array.isArray(result.Part) ? result.Part : [result.Part]
  return (rows as { PartNumber?: string; ETag?: string; Size?: string }[]).map((row) => ({
    number: Number(row.PartNumber),
    etag: plainEtag((row.ETag ?? '').replaceAll('&quot;', '"')) ?? '',
    sizeBytes: Number(row.Size),
  }))
}
