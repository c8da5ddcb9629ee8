import path from 'node:path'
import mime from 'mime'
import type { PreviewView } from '@contract/asset-parts.ts'
import type { AssetId, JobId } from '@contract/ids.ts'
import { AppError } from '../../core/errors.ts'
import type { AccountSession } from '../../ports/account-session.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import type { StorageTransfer } from '../../ports/storage-transfer.ts'

/** Proxies and pictures of an asset: shown, made anew, replaced by a file of this machine, deleted. */
export class Previews {
  readonly #session: AccountSession
  readonly #fileSystem: Pick<FileSystem, 'stat'>
  readonly #transfer: StorageTransfer
  readonly #noticed: (ids: AssetId[]) => void

  constructor(deps: {
    session: AccountSession
    fileSystem: Pick<FileSystem, 'stat'>
    transfer: StorageTransfer
    noticed: (ids: AssetId[]) => void
  }) {
    this.#session = deps.session
    this.#fileSystem = deps.fileSystem
    this.#transfer = deps.transfer
    this.#noticed = deps.noticed
  }

  async list(id: AssetId, signal?: AbortSignal): Promise<PreviewView[]> {
    const { previews, assets } = this.#api()
    const [proxies, pictures, asset] = await Promise.all([
      previews.proxies(id, signal),
      previews.pictures(id, signal),
      assets.get(id, signal),
    ])
    const chosen = new Set([asset.raw['custom_poster'], asset.raw['custom_keyframe']])
    return [
      ...proxies.map((proxy) => ({ ...proxy, kind: 'proxy' as const, isChosen: false })),
      ...pictures.map((picture) => ({
        ...picture,
        kind: 'picture' as const,
        isChosen: chosen.has(picture.id),
      })),
    ]
  }

  async delete(id: AssetId, kind: 'proxy' | 'picture', previewId: string): Promise<void> {
    await this.#api().previews.delete(id, kind, previewId)
    this.#noticed([id])
  }

  /** @throws AppError api.invalid when the asset has no file to make them of */
  async remake(id: AssetId): Promise<JobId | null> {
    const jobId = await this.#api().files.triggerPreviews(id, await this.#originalOf(id))
    this.#noticed([id])
    return jobId
  }

  async captureFrame(id: AssetId, atMs: number): Promise<void> {
    await this.#api().previews.capture(id, await this.#originalOf(id), atMs)
    this.#noticed([id])
  }

  /**
   * Sends a file of this machine: a new proxy, of which pictures are made, or the picture that stands for the asset. What
   * was there before stays until it is deleted. A transfer that fails leaves no half record behind.
   */
  async put(
    id: AssetId,
    kind: 'proxy' | 'picture',
    file: string,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<void> {
    const { previews, assets } = this.#api()
    const { sizeBytes, mtimeMs, inode } = await this.#fileSystem.stat(file)
    const name = path.basename(file)
    const contentType = mime.getType(name) ?? 'application/octet-stream'
    const made = await previews.create(id, { kind, name, sizeBytes, storageId: null }, signal)
    try {
      await this.#transfer.send({
        source: { path: file, sizeBytes, mtimeMs, inode, contentType },
        ticket: made.ticket,
        broker: previews.broker(id, kind, made.id),
        checkpoint: null,
        hashes: [],
        saveCheckpoint: async () => {},
        onProgress: () => {},
        throttle: async (bytes) => bytes,
        signal,
      })
      await previews.close(id, kind, made.id, signal)
    } catch (error) {
      await previews.delete(id, kind, made.id).catch(() => {})
      throw error
    }
    if (kind === 'proxy') await previews.keyframesOfProxy(id, made.id, signal)
    else await assets.choosePoster(id, made.id, signal)
    this.#noticed([id])
  }

  async #originalOf(id: AssetId): Promise<string> {
    const files = await this.#api().files.listFiles(id)
    const closed = files.find(({ status }) => status === 'CLOSED')
    if (!closed) throw new AppError('api.invalid', 'The asset has no file that previews could be made of.')
    return closed.id
  }

  #api() {
    return this.#session.require().api.inLane('person')
  }
}
