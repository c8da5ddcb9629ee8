import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Core } from '../core.ts'
import { newId } from '../ids.ts'
import {
  drawWaveform,
  grabFrame,
  makeAudioProxy,
  makeKeyframeMap,
  makeVideoProxy,
  shrinkImage,
  type Size,
} from '../media/make-previews.ts'
import { contentTypeOf, mediaTypeOf } from '../media/media-type.ts'
import { probe, probeImage, type MediaFacts, type MediaSource } from '../media/probe.ts'
import type { ChecksumName } from '../storage/checksums.ts'
import type { FileRow, Storage, Stowed } from '../store/tables.ts'
import type { Task, TaskContext, TaskEnd } from './job-runner.ts'
import type { TaskOptions } from './tasks.ts'

const imageBox = { width: 2048, height: 2048 }
const posterBox = { width: 1280, height: 1280 }

/** Makes what the preview jobs promise: technical metadata, proxies, posters and keyframe maps. */
export class PreviewTasks {
  readonly #core: Core
  readonly #options: TaskOptions

  constructor(core: Core, options: TaskOptions) {
    this.#core = core
    this.#options = options
  }

  /** Every kind of task with its name. Without previews each ends at once as SKIPPED. */
  tasks(): Record<string, Task> {
    const unlessOff = (task: Task): Task =>
      this.#options.previews
        ? task
        : async (): Promise<TaskEnd> => ({ status: 'SKIPPED', message: 'Previews are switched off' })
    return {
      mediainfo: unlessOff((context) => this.#mediainfo(context)),
      proxy: unlessOff((context) => this.#proxy(context)),
      keyframes: unlessOff((context) => this.#keyframes(context)),
      capture: unlessOff((context) => this.#capture(context)),
    }
  }

  #row(context: TaskContext): Stowed {
    const { fileId, proxyId } = context.task
    return typeof proxyId === 'string'
      ? this.#core.tables.proxies.require(proxyId)
      : this.#core.tables.files.require(String(fileId))
  }

  /** A path where the bytes are one file, else an address of our own that serves them. */
  #source(row: Stowed): MediaSource {
    const fileName = String(row['original_name'] ?? row['filename'] ?? row.id)
    const object = this.#core.bytes.get(row.storage_id, row._key)
    if (object && !this.#core.bytes.intact(object))
      throw new Error(`The bytes of ${fileName} are not on the disk of the workspace any more`)
    const path = object ? this.#core.bytes.singlePath(object) : this.#mountedPath(row)
    if (path !== undefined) return { location: path, isUrl: false, fileName }
    return { location: this.#core.urls.download(this.#options.origin, row), isUrl: true, fileName }
  }

  #mountedPath(row: Stowed): string | undefined {
    const mount = this.#core.tables.storages.get(row.storage_id)?.settings['mount_point']
    return row.storage_method === 'FILE' && typeof mount === 'string' ? join(mount, row._key) : undefined
  }

  async #facts(source: MediaSource, signal: AbortSignal): Promise<MediaFacts> {
    const isImage = mediaTypeOf(source.fileName) === 'image'
    return (
      (isImage && !source.isUrl ? await probeImage(source.location) : undefined) ??
      probe(this.#options.ffprobePath, source, signal)
    )
  }

  async #mediainfo(context: TaskContext): Promise<void> {
    const file = this.#row(context) as FileRow
    const facts = await this.#facts(this.#source(file), context.signal)
    this.#core.db.transaction(() => {
      const { tables } = this.#core
      const format = tables.formats.get(file.format_id)
      if (!format) return
      const components = facts.components.map((component) => ({ ...component, id: newId() }))
      const known = format.metadata[0] ?? {}
      const internet = known['internet_media_type'] ?? contentTypeOf(file.original_name)
      tables.formats.update(format.id, {
        components,
        metadata: [{ ...known, internet_media_type: internet }, ...format.metadata.slice(1)],
        _duration_ms: facts.durationMs,
      })
      // File sets list the same components as their format, or later transfers refuse them.
      for (const set of tables.fileSets.list({ where: { format_id: format.id } }))
        tables.fileSets.update(set.id, { component_ids: components.map((component) => component.id) })
      this.#core.search.touch('assets', file.asset_id)
    })
  }

  /** Runs `make` with a place for its result, and stores what it made. */
  async #produce(
    kind: 'proxies' | 'keyframes',
    of: Stowed,
    fileName: string,
    make: (path: string) => Promise<Record<string, unknown>>,
  ): Promise<Stowed> {
    const path = join(this.#core.bytes.folder, 'incoming', `${randomUUID()}-${fileName}`)
    try {
      const values = await make(path)
      const storage = this.#storageFor(kind)
      const { size } = await stat(path)
      const sums: ChecksumName[] = ['md5']
      const received = await this.#core.bytes.receive(createReadStream(path), sums, { expectedBytes: size })
      return this.#core.db.transaction(() =>
        this.#store(kind, of, fileName, storage, received, { ...values, size }),
      )
    } finally {
      await rm(path, { force: true })
    }
  }

  #storageFor(kind: 'proxies' | 'keyframes'): Storage {
    const purpose = kind.toUpperCase()
    const { storages } = this.#core.tables
    const storage =
      storages.first({ where: { purpose, status: 'ACTIVE' } }) ??
      storages.first({ where: { purpose: 'FILES', method: 'S3' } })
    if (!storage) throw new Error(`There is no storage for ${kind}`)
    return storage
  }

  /** Replaces what an earlier run made of the same kind and name. */
  #store(
    kind: 'proxies' | 'keyframes',
    of: Stowed,
    fileName: string,
    storage: Storage,
    received: Awaited<ReturnType<Core['bytes']['receive']>>,
    values: Record<string, unknown>,
  ): Stowed {
    const table = this.#core.tables[kind]
    if (!this.#core.tables.assets.has(of.asset_id)) {
      this.#core.bytes.discard([received.segment])
      throw new Error('The asset has been deleted meanwhile')
    }
    for (const old of table
      .list({ where: { asset_id: of.asset_id, filename: fileName, version_id: of.version_id } })
      .filter((row) => row['_generated'] === true)) {
      this.#core.bytes.remove(old.storage_id, old._key)
      table.remove(old.id)
    }
    const id = newId()
    const key = `${kind}/${of.asset_id}/${id}/${fileName}`
    this.#core.bytes.put({
      storageId: storage.id,
      key,
      segments: [received.segment],
      contentType: contentTypeOf(fileName),
      sums: received.sums,
      etag: received.sums.md5 ?? id,
    })
    const row = table.insert({
      id,
      name: fileName,
      filename: fileName,
      status: 'CLOSED',
      is_public: false,
      ...values,
      asset_id: of.asset_id,
      version_id: of.version_id,
      storage_id: storage.id,
      storage_method: storage.method,
      _key: key,
      _generated: true,
    })
    this.#core.search.touch('assets', of.asset_id)
    return row
  }

  async #proxy(context: TaskContext): Promise<TaskEnd | void> {
    const file = this.#row(context)
    const source = this.#source(file)
    const { signal } = context
    const facts = await this.#facts(source, signal)
    const work = { ffmpegPath: this.#options.ffmpegPath, source, facts, signal }
    const kind = mediaTypeOf(source.fileName)
    if (kind === 'image') {
      await this.#produce('proxies', file, 'proxy.jpg', async (path) => ({
        format: 'JPEG',
        codec: 'jpeg',
        resolution: await this.#still(work, imageBox, path),
      }))
    } else if (facts.hasVideo) {
      await this.#produce('proxies', file, 'proxy.mp4', async (path) => {
        const resolution = await makeVideoProxy(work, path, context.progress)
        return {
          format: 'MP4',
          codec: 'h264',
          resolution,
          frame_rate: facts.frameRate?.toFixed(3) ?? null,
          bit_rate: 3_000_000,
          audio_bitrate: facts.hasAudio ? 128_000 : 0,
          rotation: 0,
        }
      })
    } else if (facts.hasAudio) {
      await this.#produce('proxies', file, 'proxy.m4a', async (path) => {
        await makeAudioProxy(work, path, context.progress)
        return { format: 'MP4', codec: 'aac', audio_bitrate: 160_000 }
      })
    } else return { status: 'SKIPPED', message: 'There is neither picture nor sound in the file' }
    return undefined
  }

  /** A still image as JPEG: by the image library where it can, else by ffmpeg. */
  async #still(work: Parameters<typeof grabFrame>[0], box: Size, path: string): Promise<Size> {
    if (!work.source.isUrl) {
      try {
        return await shrinkImage(work.source.location, box, path)
      } catch {
        // Formats of film (DPX, EXR, Cineon) are ffmpeg's.
      }
    }
    return grabFrame(work, 0, path)
  }

  async #keyframes(context: TaskContext): Promise<TaskEnd | void> {
    const row = this.#row(context)
    const source = this.#source(row)
    const facts = await this.#facts(source, context.signal)
    const work = { ffmpegPath: this.#options.ffmpegPath, source, facts, signal: context.signal }
    const kind = mediaTypeOf(source.fileName)
    if (!facts.hasVideo && !facts.hasAudio && kind !== 'image')
      return { status: 'SKIPPED', message: 'There is neither picture nor sound in the file' }
    const atMs = Math.min(Math.round((facts.durationMs ?? 0) * 0.1), 10_000)
    context.step('Poster', 'IN_PROGRESS')
    await this.#produce('keyframes', row, 'poster.jpg', async (path) => {
      const resolution =
        kind === 'image'
          ? await this.#still(work, posterBox, path)
          : facts.hasVideo
            ? await grabFrame(work, atMs, path)
            : await drawWaveform(work, path)
      return {
        type: 'POSTER',
        format: 'JPEG',
        resolution,
        rotation: 0,
        is_custom_keyframe: false,
        time_code: timeCode(atMs, facts),
      }
    })
    context.step('Poster', 'DONE')
    if (!facts.hasVideo || kind === 'image') return undefined
    context.progress(40)
    context.step('Keyframe map', 'IN_PROGRESS')
    await this.#produce('keyframes', row, 'keyframes.jpg', async (path) => {
      const { tile, tiles } = await makeKeyframeMap(work, path)
      return {
        type: 'KEYFRAME_MAP',
        format: 'JPEG',
        resolution: tile,
        rotation: 0,
        is_custom_keyframe: false,
        time_code: {
          frames_number: tiles,
          is_drop_frame: false,
          time_base: {
            numerator: Math.max(1, Math.round((facts.durationMs ?? 1000) / tiles)),
            denominator: 1000,
          },
        },
      }
    })
    context.step('Keyframe map', 'DONE')
    return undefined
  }

  async #capture(context: TaskContext): Promise<void> {
    const file = this.#row(context)
    const source = this.#source(file)
    const facts = await this.#facts(source, context.signal)
    const atMs = Number(context.task['atMs'])
    const work = { ffmpegPath: this.#options.ffmpegPath, source, facts, signal: context.signal }
    const still = await this.#produce('keyframes', file, `still-${atMs}.jpg`, async (path) => ({
      type: 'KEYFRAME',
      format: 'JPEG',
      resolution: await grabFrame(work, atMs, path),
      rotation: 0,
      is_custom_keyframe: true,
      time_code: timeCode(atMs, facts),
    }))
    if (context.task['asCustom'] === true)
      this.#core.db.transaction(() =>
        this.#core.tables.assets.update(file.asset_id, {
          custom_keyframe: still.id,
          custom_poster: still.id,
        }),
      )
  }
}

const timeCode = (atMs: number, facts: MediaFacts) => {
  const rate = Math.round(facts.frameRate ?? 25)
  return {
    frames_number: Math.round((atMs / 1000) * rate),
    is_drop_frame: false,
    time_base: { numerator: 1, denominator: rate },
  }
}
