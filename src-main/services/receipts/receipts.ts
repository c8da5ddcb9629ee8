import { createHash } from 'node:crypto'
import path from 'node:path'
import type { BatchId } from '@contract/ids.ts'
import { AppError } from '../../core/errors.ts'
import { c4Id, manifestName, mhlChain, mhlManifest } from '../../core/receipt/asc-mhl.ts'
import { receiptCsv } from '../../core/receipt/receipt-csv.ts'
import { commonFolder } from '../../core/receipt/receipt-facts.ts'
import type { ReceiptFacts, ReceiptFile } from '../../core/receipt/receipt-facts.ts'
import { receiptHtml } from '../../core/receipt/receipt-html.ts'
import type { UploadFileRecord, UploadRecord, UploadStep } from '../../core/upload/upload-record.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ReceiptFolder } from '../../ports/receipt-folder.ts'
import type { UploadJournal } from '../../ports/upload-journal.ts'

export interface ReceiptsDependencies {
  journal: Pick<UploadJournal, 'batch' | 'uploadsOf' | 'files'>
  folder: ReceiptFolder
  clock: Clock
  hostName: string
  toolVersion: string
}

/** Writes what became of a batch: a page for people, a table, and an ASC-MHL manifest ready to copy beside the source. */
export class Receipts {
  readonly #deps: ReceiptsDependencies

  constructor(deps: ReceiptsDependencies) {
    this.#deps = deps
  }

  /**
   * @param directory made if it is missing; the receipt gets a folder of its own in it
   * @returns that folder
   * @throws AppError api.not-found for an unknown batch, store.full, file.unreadable
   */
  async write(batchId: BatchId, directory: string): Promise<string> {
    const facts = this.#facts(batchId)
    const folder = path.join(directory, folderName(facts))
    await this.#deps.folder.write(folder, {
      'receipt.html': receiptHtml(facts),
      'receipt.csv': receiptCsv(facts),
      ...this.#mhl(facts),
    })
    return folder
  }

  #facts(batchId: BatchId): ReceiptFacts {
    const { journal, clock } = this.#deps
    const batch = journal.batch(batchId)
    if (!batch) throw new AppError('api.not-found', 'This batch is not in the journal.')
    return {
      title: batch.title,
      batchId,
      createdMs: batch.createdMs,
      writtenMs: clock.nowMs(),
      files: journal
        .uploadsOf(batchId)
        .flatMap((upload) => journal.files(upload.id).map((file) => receiptFile(upload, file))),
    }
  }

  /** Only what was proven is vouched for. */
  #mhl(facts: ReceiptFacts): Record<string, string> {
    const proven = facts.files.filter((file) => file.state === 'done')
    if (proven.length === 0) return {}
    const root = commonFolder(proven.map((file) => file.path))
    const rootName = root.slice(root.lastIndexOf('/') + 1) || 'root'
    const name = manifestName(rootName, facts.writtenMs)
    const manifest = mhlManifest({
      rootName,
      hostName: this.#deps.hostName,
      toolVersion: this.#deps.toolVersion,
      startedMs: facts.writtenMs,
      files: proven.map((file) => ({
        ...file,
        relativePath: file.path.replaceAll('\\', '/').slice(root === '' ? 0 : root.length + 1),
      })),
    })
    const c4 = c4Id(createHash('sha512').update(manifest).digest('hex'))
    return { [`ascmhl/${name}`]: manifest, 'ascmhl/ascmhl_chain.xml': mhlChain(name, c4) }
  }
}

function receiptFile(upload: UploadRecord, file: UploadFileRecord): ReceiptFile {
  const { path: filePath, sizeBytes, mtimeMs, md5, sha1, crc32c, xxh128, fileId, closedMs, evidence } = file
  return {
    path: filePath,
    title: upload.title,
    state: stateOf(upload.step),
    sizeBytes,
    mtimeMs,
    md5,
    sha1,
    crc32c,
    xxh128,
    assetId: upload.assetId,
    fileId,
    closedMs,
    evidence,
    reason: upload.step === 'failed' ? (upload.error?.message ?? '') : '',
  }
}

function stateOf(step: UploadStep): ReceiptFile['state'] {
  switch (step) {
    case 'verified':
      return 'done'
    case 'unproven':
    case 'failed':
    case 'cancelled':
      return step
    default:
      return 'unfinished'
  }
}

/** A batch's title is hostile text: only letters, digits and a few signs of it come into a folder's name. */
function folderName(facts: ReceiptFacts): string {
  const date = new Date(facts.createdMs).toISOString().slice(0, 19).replaceAll(':', '').replace('T', '_')
  const title = facts.title
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 60)
  return `receipt_${date}_${title || 'batch'}`
}
