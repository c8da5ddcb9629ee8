import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { AZURE_BLOCKS, choosePartSize, planParts, type Part } from '../../core/transfer/plan-parts.ts'
import type { Hashes } from '../../ports/hasher.ts'
import type { TransferProof, TransferRequest, UploadTicket } from '../../ports/storage-transfer.ts'
import { CheckpointWriter } from './checkpoint-writer.ts'
import { runParts } from './part-run.ts'
import { persist, SessionLost } from './persist.ts'
import { bodyOfBytes } from './send-body.ts'
import type { SourceFile } from './source-file.ts'
import { errorFromStorage, parseXml } from './storage-answers.ts'
import type { StorageAnswer } from './storage-http.ts'
import { uploadUrlOf } from './tickets.ts'
import type { TransferContext } from './transfer-context.ts'
import { hashNames, withWholeBody, type WholeTry } from './whole-body.ts'

export const AzureCheckpoint = z.object({
  method: z.literal('AZURE'),
  partSizeBytes: z.number().int().positive(),
  /** MD5 of each block that Azure has confirmed, by number. */
  parts: z.record(z.string(), z.string()),
})
type AzureCheckpoint = z.infer<typeof AzureCheckpoint>

const VERSION = { 'x-ms-version': '2020-10-02' }
const base64 = (hex: string | undefined) => Buffer.from(hex ?? '', 'hex').toString('base64')
/** Ids of one blob's blocks must be of equal length; the same number always has the same id. */
const blockId = (number: number) => Buffer.from(`ferry-${String(number).padStart(6, '0')}`).toString('base64')

/** Put Blob: the whole in one request, whose Content-MD5 Azure checks and repeats. */
export async function sendToAzureInOne(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
): Promise<TransferProof> {
  let ticket = request.ticket
  return withWholeBody(context, request, source, hashNames(request, 'md5'), (begin) => {
    let current!: WholeTry
    return persist(context, {
      action: `take ${source.path}`,
      signal: request.signal,
      send: () => {
        current = begin()
        return context.http({
          method: 'PUT',
          url: uploadUrlOf(ticket),
          headers: {
            ...VERSION,
            'x-ms-blob-type': 'BlockBlob',
            'content-type': request.source.contentType,
            ...(current.before ? { 'content-md5': base64(current.before.md5) } : {}),
          },
          body: current.body,
          signal: request.signal,
        })
      },
      accept: async (answer) => {
        if (answer.status !== 201 && answer.status !== 200) return null
        const hashes = await current.after()
        const sizeBytes = source.sizeBytes
        if (!matchesMd5(answer, hashes.md5 ?? '', source.path))
          return {
            proven: false,
            evidence: 'The storage gave no evidence of what it holds.',
            sizeBytes,
            hashes,
          }
        return { proven: true, evidence: 'size and MD5 agree', sizeBytes, hashes }
      },
      refresh: async () => {
        ticket = await request.broker.refreshTicket(request.signal)
      },
    })
  })
}

/** Put Block, several at a time, then Put Block List; the committed list is read back where the signature allows it. */
export async function sendToAzureInBlocks(
  context: TransferContext,
  request: TransferRequest,
  source: SourceFile,
): Promise<TransferProof> {
  const before = AzureCheckpoint.safeParse(request.checkpoint)
  const state: AzureCheckpoint = before.success
    ? before.data
    : {
        method: 'AZURE',
        partSizeBytes: context.partSizeBytes ?? choosePartSize(source.sizeBytes, AZURE_BLOCKS),
        parts: {},
      }
  const writer = new CheckpointWriter(() => request.saveCheckpoint(structuredClone(state)))
  if (!before.success) await writer.write()
  const blob = new AzureBlob(context, request)
  const parts = planParts(source.sizeBytes, state.partSizeBytes)
  // All blocks were confirmed before: the answer to putting them together may be what was lost.
  const wasCommitted =
    parts.every(({ number }) => state.parts[number] !== undefined) && (await blob.isCommitted(parts)) === true
  const held = before.success ? await blob.uncommittedBlocks() : new Map<string, number>()
  const sentBefore = new Map(
    parts
      .filter(
        ({ number, sizeBytes }) => wasCommitted || held === null || held.get(blockId(number)) === sizeBytes,
      )
      .flatMap(({ number }) =>
        state.parts[number] === undefined ? [] : [[number, state.parts[number]] as const],
      ),
  )
  const hashes = await runParts(context, request, source, {
    parts,
    partHash: 'md5',
    fileHashes: hashNames(request),
    sentBefore,
    hostUrl: uploadUrlOf(request.ticket),
    send: (part, bytes, md5, onSent, signal) => blob.putBlock(part, bytes, md5, onSent, signal),
    onConfirmed: (part, md5) => {
      state.parts[part.number] = md5
      return writer.write()
    },
  })
  await source.checkUnchanged()
  if (!wasCommitted) await blob.commit(parts, hashes, request.source.contentType)
  const evidence = await blob.checkCommitted(parts)
  return { proven: true, evidence, sizeBytes: source.sizeBytes, hashes }
}

class AzureBlob {
  readonly #context: TransferContext
  readonly #request: TransferRequest
  #ticket: UploadTicket

  constructor(context: TransferContext, request: TransferRequest) {
    this.#context = context
    this.#request = request
    this.#ticket = request.ticket
  }

  async putBlock(
    part: Part,
    bytes: Uint8Array,
    md5: string,
    onSent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { throttle } = this.#request
    await persist(this.#context, {
      action: `take block ${part.number}`,
      signal,
      send: () =>
        this.#context.http({
          method: 'PUT',
          url: this.#url({ comp: 'block', blockid: blockId(part.number) }),
          headers: { ...VERSION, 'content-md5': base64(md5) },
          body: bodyOfBytes(bytes, { throttle, signal }, onSent),
          signal,
        }),
      accept: (answer) => {
        if (answer.status !== 201 && answer.status !== 200) return null
        // Azure repeats the sum that it checked, or its own CRC64 when it was asked for that.
        matchesMd5(answer, md5, `block ${part.number}`)
        return true
      },
      refresh: () => this.#refresh(),
      trouble: () => this.#context.hosts.trouble(uploadUrlOf(this.#ticket)),
    })
  }

  async commit(parts: Part[], hashes: Hashes, contentType: string): Promise<void> {
    const ids = parts.map(({ number }) => `<Latest>${blockId(number)}</Latest>`).join('')
    const body = `<?xml version="1.0" encoding="utf-8"?><BlockList>${ids}</BlockList>`
    const { signal } = this.#request
    try {
      await persist(this.#context, {
        action: 'put the blocks together',
        signal,
        send: () =>
          this.#context.http({
            method: 'PUT',
            url: this.#url({ comp: 'blocklist' }),
            headers: {
              ...VERSION,
              'content-type': 'application/xml',
              'x-ms-blob-content-type': contentType,
              ...(hashes.md5 === undefined ? {} : { 'x-ms-blob-content-md5': base64(hashes.md5) }),
            },
            body: { bytes: body },
            signal,
          }),
        accept: ({ status }) => (status === 201 || status === 200 ? true : null),
        refresh: () => this.#refresh(),
      })
    } catch (error) {
      if (error instanceof SessionLost)
        throw errorFromStorage(error.answer, 'put the blocks together', this.#context.clock.nowMs())
      throw error
    }
  }

  /** @throws AppError storage.mismatch */
  async checkCommitted(parts: Part[]): Promise<string> {
    const count = `${parts.length} blocks, each with its MD5 checked by the storage`
    const same = await this.isCommitted(parts)
    if (same === null) return `${count}; its list of them may not be read with this signature.`
    if (!same)
      throw new AppError('storage.mismatch', `The storage lists other blocks than the ${parts.length} sent.`)
    return `${count}; its list of them agrees.`
  }

  /** Whether the blob is made of exactly these blocks; null when its list may not be read. */
  async isCommitted(parts: Part[]): Promise<boolean | null> {
    const list = await this.#blockList('committed')
    if (list === null) return null
    return (
      list.size === parts.length &&
      parts.every(({ number, sizeBytes }) => list.get(blockId(number)) === sizeBytes)
    )
  }

  /** Sizes of the blocks that wait to be put together, by id; null when the list may not be read. */
  uncommittedBlocks(): Promise<Map<string, number> | null> {
    return this.#blockList('uncommitted')
  }

  async #blockList(type: 'committed' | 'uncommitted'): Promise<Map<string, number> | null> {
    const { signal } = this.#request
    const ask = () =>
      this.#context.http({
        method: 'GET',
        url: this.#url({ comp: 'blocklist', blocklisttype: type }),
        headers: VERSION,
        signal,
      })
    let answer = await ask()
    if (answer.status === 403) {
      await this.#refresh()
      answer = await ask()
    }
    // A blob of which nothing is known yet has no blocks.
    if (answer.status === 404) return type === 'uncommitted' ? new Map() : null
    if (answer.status !== 200) return null
    return blocksOf(answer, type)
  }

  #url(query: Record<string, string>): string {
    const url = new URL(uploadUrlOf(this.#ticket))
    const more = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    // Appended as text: parsing and writing the signature anew might spell it differently.
    return `${uploadUrlOf(this.#ticket)}${url.search === '' ? '?' : '&'}${more.join('&')}`
  }

  async #refresh(): Promise<void> {
    this.#ticket = await this.#request.broker.refreshTicket(this.#request.signal)
  }
}

/** @returns false when the answer has no MD5. @throws AppError storage.mismatch when it has another */
function matchesMd5(answer: StorageAnswer, md5: string, what: string): boolean {
  const stored = answer.header('content-md5')
  if (stored === null) return false
  if (stored === base64(md5)) return true
  const hex = Buffer.from(stored, 'base64').toString('hex')
  throw new AppError('storage.mismatch', `The storage reports the MD5 ${hex} for ${what}; it is ${md5}.`, {
    details: { stored: hex, md5 },
  })
}

function blocksOf(answer: StorageAnswer, type: 'committed' | 'uncommitted'): Map<string, number> {
  const list = parseXml(answer.text)?.['BlockList'] as Record<string, unknown> | undefined
  const group = list?.[type === 'committed' ? 'CommittedBlocks' : 'UncommittedBlocks'] as
    { Block?: unknown } | undefined | ''
  const blocks = group ? (group.Block ?? []) : []
  const rows = (Array.isArray(blocks) ? blocks : [blocks]) as { Name?: string; Size?: string }[]
  return new Map(rows.map(({ Name = '', Size }) => [Name, Number(Size)]))
}
