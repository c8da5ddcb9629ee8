import { stat } from 'node:fs/promises'
import path from 'node:path'
import exifr from 'exifr'
import mime from 'mime'
import PQueue from 'p-queue'
import { flattenEmbedded } from '../../core/media/embedded-fields.ts'
import { componentsFromFfprobe } from '../../core/media/from-ffprobe.ts'
import { componentsFromMediaInfo } from '../../core/media/from-mediainfo.ts'
import type { ProbedComponent } from '../../core/media/probed-media.ts'
import { errorFromSource } from '../../core/network-errors.ts'
import type { Logger } from '../../ports/logger.ts'
import type { MediaProbe, ProbedMedia } from '../../ports/media-probe.ts'
import { runFfprobe } from './ffprobe.ts'
import { readMediaInfo } from './mediainfo.ts'

export interface MediaProbeOptions {
  /** Path of ffprobe; null to look for it on PATH. */
  ffprobePath: () => string | null
  logger: Logger
  /** Files looked at at once. */
  concurrency?: number
}

/** Media that the table of media types does not know, or calls something else. */
const MEDIA_EXTENSIONS: Record<string, string> = {
  mxf: 'application/mxf',
  r3d: 'video/x-red',
  braw: 'video/x-blackmagic-raw',
  mts: 'video/mp2t',
  m2ts: 'video/mp2t',
  ari: 'image/x-arri',
  arx: 'image/x-arri',
  dpx: 'image/x-dpx',
  exr: 'image/x-exr',
  cin: 'image/x-cineon',
  dng: 'image/x-adobe-dng',
}
const WITH_EXIF = /^image\/(jpeg|tiff|png|heic|heif|avif|webp|x-adobe-dng|x-canon|x-nikon|x-sony|x-dcraw)/

/** Nothing fits into less, and exifr leaves such a file open. */
const SMALLEST_EXIF_BYTES = 16

/** The media type of a file by its name, such as "video/mp4"; "application/octet-stream" when it is not known. */
export function mediaTypeOf(file: string): string {
  const extension = path.extname(file).slice(1).toLowerCase()
  return MEDIA_EXTENSIONS[extension] ?? mime.getType(extension) ?? 'application/octet-stream'
}

/** Looks at media with ffprobe where it is there, else with MediaInfo; at pictures for EXIF, IPTC and XMP too. */
export function createMediaProbe({ ffprobePath, logger, concurrency = 2 }: MediaProbeOptions): MediaProbe {
  const queue = new PQueue({ concurrency })
  let ffprobeIsAbsent = false

  async function streams(file: string, signal: AbortSignal | undefined) {
    const command = ffprobePath()
    if (command !== null || !ffprobeIsAbsent) {
      const answer = await runFfprobe(command ?? 'ffprobe', file, signal)
      if (answer !== 'absent')
        return answer === null ? { components: [], format: {} } : componentsFromFfprobe(answer)
      // Asking each time would start a process in vain; a path that is set later is tried again.
      ffprobeIsAbsent = command === null
    }
    return componentsFromMediaInfo(await readMediaInfo(file, signal))
  }

  async function look(
    { file, sizeBytes, mediaType }: { file: string; sizeBytes: number; mediaType: string },
    signal: AbortSignal | undefined,
  ): Promise<ProbedMedia> {
    const [technical, embedded] = await Promise.all([
      streams(file, signal).catch((error: unknown) => {
        signal?.throwIfAborted()
        logger.debug('a file could not be probed', { file, error })
        return { components: [], format: {} }
      }),
      WITH_EXIF.test(mediaType) && sizeBytes >= SMALLEST_EXIF_BYTES
        ? readEmbedded(file)
        : Promise.resolve({}),
    ])
    return {
      format: { internet_media_type: mediaType, ...technical.format },
      components: [...technical.components, ...embeddedComponents(embedded)],
      embedded: flatten(embedded),
    }
  }

  return {
    async probe(file, signal) {
      let sizeBytes: number
      try {
        const found = await stat(file)
        if (!found.isFile()) return nothing(mediaTypeOf(file))
        sizeBytes = found.size
      } catch (error) {
        throw errorFromSource(error, file)
      }
      const mediaType = mediaTypeOf(file)
      if (!/^(video|audio|image)\/|^application\/mxf$/.test(mediaType)) return nothing(mediaType)
      return queue.add(() => look({ file, sizeBytes, mediaType }, signal), signal ? { signal } : {})
    },
  }
}

const nothing = (mediaType: string): ProbedMedia => ({
  format: { internet_media_type: mediaType },
  components: [],
  embedded: {},
})

/** EXIF, IPTC and XMP by group; {} where there is none or it is damaged. */
async function readEmbedded(file: string): Promise<Record<string, Record<string, string>>> {
  try {
    // In Node the package is CommonJS: its names are on the default export only.
    // oxlint-disable-next-line import/no-named-as-default-member
    const found: unknown = await exifr.parse(file, {
      mergeOutput: false,
      tiff: true,
      exif: true,
      gps: true,
      iptc: true,
      xmp: { parse: true, multiSegment: true } as never,
      makerNote: false,
      userComment: false,
    })
    if (typeof found !== 'object' || found === null) return {}
    // What exifr calls ifd0 is EXIF to everybody else: make, model, orientation.
    const { ifd0, exif, gps, iptc, ...others } = found as Record<string, object | undefined>
    const xmp = Object.assign({}, ...Object.values(others).filter((group) => isPlain(group))) as object
    return flattenEmbedded({ exif: { ...ifd0, ...exif, ...gps }, iptc, xmp })
  } catch {
    return {}
  }
}

const isPlain = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)

function embeddedComponents(groups: Record<string, Record<string, string>>): ProbedComponent[] {
  const types = { exif: 'EXIF', iptc: 'IPTC', xmp: 'XMP' } as const
  return Object.entries(types).flatMap(([group, type]) => {
    const metadata = groups[group]
    return metadata === undefined ? [] : [{ name: type, type, metadata }]
  })
}

const flatten = (groups: Record<string, Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(groups).flatMap(([group, fields]) =>
      Object.entries(fields).map(([name, value]) => [`${group}.${name}`, value] as const),
    ),
  )
