import { createHash } from 'node:crypto'
import path from 'node:path'
import type { BatchId } from '@contract/ids.ts'
import { AppError } from '../../core/errors.ts'
import {
  CHAIN_END,
  c4Id,
  isNameable,
  manifestName,
  mhlChain,
  mhlManifest,
} from '../../core/receipt/asc-mhl.ts'
import { actionsFor, readMhlHistory, type MhlHistory } from '../../core/receipt/mhl-history.ts'
import { BUILT_IN_IGNORES } from '../../core/intake/ignore-rules.ts'
import { receiptCsv } from '../../core/receipt/receipt-csv.ts'
import { commonFolder, withSlashes } from '../../core/receipt/receipt-facts.ts'
import type { ReceiptFacts, ReceiptFile } from '../../core/receipt/receipt-facts.ts'
import { receiptHtml } from '../../core/receipt/receipt-html.ts'
import type { UploadFileRecord, UploadRecord, UploadStep } from '../../core/upload/upload-record.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MhlFiles, ReceiptFolder } from '../../ports/receipt-folder.ts'
import type { UploadJournal } from '../../ports/upload-journal.ts'

export interface ReceiptsDependencies {
  journal: Pick<UploadJournal, 'batch' | 'uploadsOf' | 'files'>
  folder: ReceiptFolder
  clock: Clock
  /** Patterns of what a watch folder leaves out, besides the built-in ones. */
  ignoredIn: (watchFolderId: string) => readonly string[]
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
      ignored: batch.watchFolderId ? this.#deps.ignoredIn(batch.watchFolderId) : [],
      files: journal
        .uploadsOf(batchId)
        .flatMap((upload) => journal.files(upload.id).map((file) => receiptFile(upload, file))),
    }
  }

  /** Only what was proven is vouched for. */
  #mhl(facts: ReceiptFacts): Record<string, string> {
    const proven = facts.files.filter((file) => file.state === 'done')
    return this.#generation(facts, proven, commonFolder(proven.map((file) => file.path)), null, null)
  }

  /**
   * Writes ASC-MHL manifests into the source itself: as the next generation of the history that is nearest to a file, else as the first
   * of its card, else of the folder that holds all the others.
   * @returns the manifests that were written, and what a person has to know
   * @throws AppError api.not-found for an unknown batch, store.full, file.unreadable
   */
  async writeInPlace(batchId: BatchId): Promise<{ written: string[]; warnings: string[] }> {
    const { journal, folder } = this.#deps
    const facts = this.#facts(batchId)
    const cards = new Map(
      journal
        .uploadsOf(batchId)
        .filter((upload) => upload.kind === 'camera')
        .flatMap((upload) => journal.files(upload.id).map((file) => [file.path, upload.rootPath] as const)),
    )
    const proven = facts.files.filter((file) => file.state === 'done')
    const others = commonFolder(proven.filter((file) => !cards.has(file.path)).map((file) => file.path))
    const roots = new Map<string, { before: MhlFiles | null; files: ReceiptFile[] }>()
    const histories = new Map<string, MhlFiles | null>()
    for (const file of proven) {
      const directory = path.dirname(file.path)
      let before = histories.get(directory)
      if (before === undefined) histories.set(directory, (before = await folder.history(directory)))
      const root =
        before?.root ?? cards.get(file.path) ?? (others === '' ? path.parse(file.path).root : others)
      const group = roots.get(root) ?? { before, files: [] }
      group.files.push(file)
      roots.set(root, group)
    }
    const result = { written: [] as string[], warnings: [] as string[] }
    for (const [root, { before, files }] of roots) {
      if (before && before.chain === null) {
        result.warnings.push(`${root} has ASC-MHL manifests without a chain; nothing is added to them.`)
        continue
      }
      const history = before && understood(before)
      if (before && !history) {
        result.warnings.push(`The ASC-MHL history of ${root} cannot be understood; nothing is added to it.`)
        continue
      }
      const made = this.#generation(facts, files, withSlashes(root), before, history)
      await folder.write(root, made)
      result.written.push(
        ...Object.keys(made)
          .filter((name) => name.endsWith('.mhl'))
          .map((name) => path.join(root, name)),
      )
      result.warnings.push(...contradictions(root, history, files))
    }
    return result
  }

  #generation(
    facts: ReceiptFacts,
    files: readonly ReceiptFile[],
    root: string,
    before: MhlFiles | null,
    history: MhlHistory | null,
  ): Record<string, string> {
    const rootName = root.slice(root.lastIndexOf('/') + 1) || 'root'
    const generation =
      1 + Math.max(0, ...(before?.manifests ?? []).map(({ name }) => Number.parseInt(name, 10)))
    const name = manifestName(rootName, facts.writtenMs, generation)
    const manifest = mhlManifest({
      rootName,
      hostName: this.#deps.hostName,
      toolVersion: this.#deps.toolVersion,
      startedMs: facts.writtenMs,
      ignore: [...BUILT_IN_IGNORES, ...facts.ignored],
      ...(history ? { history } : {}),
      files: files.map((file) => ({ ...file, relativePath: below(root, file.path) })),
    })
    if (manifest === '') return {}
    const c4 = c4Id(createHash('sha512').update(manifest).digest('hex'))
    return {
      [`ascmhl/${name}`]: manifest,
      // Last: a chain that names a manifest which is not there would be damage.
      'ascmhl/ascmhl_chain.xml': mhlChain(name, c4, generation, before?.chain ?? null),
    }
  }
}

function below(root: string, file: string): string {
  const plain = withSlashes(file)
  return plain.startsWith(root) ? plain.slice(root.length).replace(/^\/+/, '') : plain.replace(/^\/+/, '')
}

/** null when a manifest or the chain is none: both lie on the card, and come from anybody. */
function understood({ manifests, chain }: MhlFiles): MhlHistory | null {
  if (!chain?.includes(CHAIN_END)) return null
  try {
    return readMhlHistory(manifests.map(({ text }) => text))
  } catch {
    return null
  }
}

function contradictions(root: string, history: MhlHistory | null, files: readonly ReceiptFile[]): string[] {
  const unnameable = files
    .filter((file) => !isNameable(file.path))
    .map((file) => `${file.path} has a character that XML cannot hold; it is left out of the manifest.`)
  if (!history) return unnameable
  const differing = files
    .filter((file) => isNameable(file.path))
    .flatMap((file) => {
      const actions = actionsFor({ ...file, relativePath: below(withSlashes(root), file.path) }, history)
      if (actions.length === 0)
        return [
          `${file.path} is known to its ASC-MHL history by sums that are not computed here; it is left out.`,
        ]
      return actions.some(({ action }) => action === 'failed')
        ? [`${file.path} differs from what its ASC-MHL history says.`]
        : []
    })
  return [...unnameable, ...differing]
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
