import { z } from 'zod'
import type { ProbedComponent } from './probed-media.ts'

const text = z.union([z.string(), z.number()]).transform(String).optional()
const Tags = z.record(z.string(), z.string()).optional()

export const FfprobeAnswer = z.looseObject({
  streams: z
    .array(
      z.looseObject({
        index: z.number(),
        id: text,
        codec_type: text,
        codec_name: text,
        codec_tag_string: text,
        profile: text,
        width: text,
        height: text,
        sample_aspect_ratio: text,
        display_aspect_ratio: text,
        pix_fmt: text,
        field_order: text,
        color_space: text,
        color_transfer: text,
        color_primaries: text,
        avg_frame_rate: text,
        r_frame_rate: text,
        nb_frames: text,
        bit_rate: text,
        duration: text,
        start_time: text,
        channels: text,
        channel_layout: text,
        sample_rate: text,
        bits_per_raw_sample: text,
        tags: Tags,
        disposition: z.record(z.string(), z.number()).optional(),
        side_data_list: z.array(z.looseObject({ rotation: text })).optional(),
      }),
    )
    .default([]),
  format: z
    .looseObject({
      format_name: text,
      format_long_name: text,
      size: text,
      bit_rate: text,
      duration: text,
      tags: Tags,
    })
    .optional(),
})
export type FfprobeAnswer = z.infer<typeof FfprobeAnswer>
type Stream = FfprobeAnswer['streams'][number]

/** ffprobe's codec names as MediaInfo, and so iconik, writes them. */
const FORMAT_NAMES: Record<string, string> = {
  h264: 'AVC',
  hevc: 'HEVC',
  prores: 'ProRes',
  dnxhd: 'VC-3',
  mpeg2video: 'MPEG Video',
  mpeg4: 'MPEG-4 Visual',
  av1: 'AV1',
  vp8: 'VP8',
  vp9: 'VP9',
  mjpeg: 'JPEG',
  jpeg2000: 'JPEG 2000',
  png: 'PNG',
  tiff: 'TIFF',
  dpx: 'DPX',
  exr: 'EXR',
  aac: 'AAC',
  ac3: 'AC-3',
  eac3: 'E-AC-3',
  mp3: 'MPEG Audio',
  flac: 'FLAC',
  opus: 'Opus',
  vorbis: 'Vorbis',
  alac: 'ALAC',
  subrip: 'SubRip',
  mov_text: 'Timed Text',
}

/** Containers that hold a single picture. */
const IMAGE_FORMATS =
  /^(image2|png_pipe|jpeg_pipe|tiff_pipe|bmp_pipe|webp_pipe|dpx_pipe|exr_pipe|gif|[a-z0-9]+_pipe)$/

/** Components and the format's own facts, by iconik's keys (MediaInfo's names in lower case). */
export function componentsFromFfprobe({ streams, format }: FfprobeAnswer): {
  components: ProbedComponent[]
  format: Record<string, string>
} {
  const isImage = IMAGE_FORMATS.test(format?.format_name ?? '')
  const components = streams
    // A cover picture in a song is no video of it.
    .filter((stream) => stream.disposition?.['attached_pic'] !== 1)
    .map((stream) => toComponent(stream, format, isImage))
  if (components.length === 0) return { components: [], format: {} }
  const general: ProbedComponent = {
    name: 'GENERAL',
    type: 'GENERAL',
    metadata: known({
      format: format?.format_long_name,
      filesize: format?.size,
      duration: seconds(format?.duration),
      overallbitrate: isImage ? undefined : format?.bit_rate,
      encoded_date: format?.tags?.['creation_time'],
    }),
  }
  return { components: [general, ...components], format: formatFacts(streams, format, isImage) }
}

function formatFacts(
  streams: Stream[],
  format: FfprobeAnswer['format'],
  isImage: boolean,
): Record<string, string> {
  const video = streams.find((stream) => stream.codec_type === 'video')
  const main = video ?? streams[0]
  return known({
    codec: main && nameOf(main),
    format: format?.format_long_name,
    frame_count: isImage ? undefined : video?.nb_frames,
    frame_rate: isImage ? undefined : decimal(video?.avg_frame_rate, 3),
    overall_bit_rate: isImage ? undefined : format?.bit_rate,
  })
}

function toComponent(stream: Stream, format: FfprobeAnswer['format'], isImage: boolean): ProbedComponent {
  const type = typeOf(stream, isImage)
  const common = {
    id: stream.id ?? String(stream.index),
    format: nameOf(stream),
    format_profile: stream.profile,
    codecid: stream.codec_tag_string?.startsWith('[') ? undefined : stream.codec_tag_string,
    language: stream.tags?.['language'] === 'und' ? undefined : stream.tags?.['language'],
    title: stream.tags?.['title'],
  }
  const timed = isImage
    ? {}
    : {
        duration: seconds(stream.duration ?? format?.duration),
        bitrate: stream.bit_rate,
        delay: seconds(stream.start_time),
        timecode_firstframe: stream.tags?.['timecode'],
      }
  const own =
    type === 'VIDEO' || type === 'IMAGE'
      ? pictureFacts(stream, isImage)
      : type === 'AUDIO'
        ? soundFacts(stream)
        : {}
  return { name: type, type, metadata: known({ ...common, ...timed, ...own }) }
}

function typeOf(stream: Stream, isImage: boolean): ProbedComponent['type'] {
  if (stream.codec_type === 'video') return isImage ? 'IMAGE' : 'VIDEO'
  if (stream.codec_type === 'audio') return 'AUDIO'
  return stream.codec_type === 'subtitle' ? 'TEXT' : 'OTHER'
}

function nameOf({ codec_name: name }: Stream): string | undefined {
  if (name === undefined) return undefined
  return FORMAT_NAMES[name] ?? (name.startsWith('pcm_') ? 'PCM' : name.toUpperCase())
}

function pictureFacts(stream: Stream, isImage: boolean): Record<string, string | undefined> {
  const [num, den] = ratioSides(stream.avg_frame_rate)
  const rate = {
    framerate: decimal(stream.avg_frame_rate, 3),
    framerate_num: num,
    framerate_den: den,
    framerate_mode:
      num === undefined ? undefined : stream.avg_frame_rate === stream.r_frame_rate ? 'CFR' : 'VFR',
    framecount: stream.nb_frames,
    ...scanFacts(stream.field_order),
  }
  return {
    width: stream.width,
    height: stream.height,
    pixelaspectratio: decimal(stream.sample_aspect_ratio, 3) ?? '1.000',
    displayaspectratio:
      decimal(stream.display_aspect_ratio, 3) ?? decimal(`${stream.width}/${stream.height}`, 3),
    ...(isImage ? {} : rate),
    ...pixelFacts(stream.pix_fmt, stream.bits_per_raw_sample),
    colour_primaries: stream.color_primaries,
    transfer_characteristics: stream.color_transfer,
    matrix_coefficients: stream.color_space,
    rotation: stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation,
  }
}

const soundFacts = (stream: Stream): Record<string, string | undefined> => ({
  channels: stream.channels,
  channellayout: stream.channel_layout,
  samplingrate: stream.sample_rate,
  bitdepth: stream.bits_per_raw_sample === '0' ? undefined : stream.bits_per_raw_sample,
})

function scanFacts(order: string | undefined): Record<string, string | undefined> {
  if (order === undefined || order === 'progressive' || order === 'unknown')
    return { scantype: 'Progressive' }
  return { scantype: 'Interlaced', scanorder: order.startsWith('t') ? 'TFF' : 'BFF' }
}

/** "yuv422p10le" says colour space, subsampling and depth. */
function pixelFacts(
  pixFmt: string | undefined,
  depth: string | undefined,
): Record<string, string | undefined> {
  const yuv = /^yuva?j?(4\d\d)p(\d+)?/.exec(pixFmt ?? '')
  if (yuv)
    return {
      colorspace: 'YUV',
      chromasubsampling: [...(yuv[1] ?? '')].join(':'),
      bitdepth: yuv[2] ?? '8',
    }
  const semiPlanar = /^(nv12|nv21|p010)/.exec(pixFmt ?? '')
  if (semiPlanar)
    return { colorspace: 'YUV', chromasubsampling: '4:2:0', bitdepth: semiPlanar[1] === 'p010' ? '10' : '8' }
  const rgb = /^(rgb|bgr|gbr|argb|rgba)a?p?(\d+)?/.exec(pixFmt ?? '')
  if (rgb) return { colorspace: 'RGB', bitdepth: depth ?? bitsOfRgb(rgb[2]) }
  if (/^gray(\d+)?/.test(pixFmt ?? '')) return { colorspace: 'Y', bitdepth: depth ?? '8' }
  return { bitdepth: depth }
}

/** rgb24 counts the bits of a pixel, gbrp10 those of a sample. */
function bitsOfRgb(digits: string | undefined): string {
  const bits = Number(digits ?? 8)
  return String(bits === 24 || bits === 32 ? 8 : bits === 48 || bits === 64 ? 16 : bits)
}

/** "30000/1001" or "16:9" as a decimal; undefined for 0/0 and the like. */
export function decimal(ratio: string | undefined, digits: number): string | undefined {
  const [num, den] = ratioSides(ratio)
  return num === undefined || den === undefined ? undefined : (Number(num) / Number(den)).toFixed(digits)
}

function ratioSides(ratio: string | undefined): [string, string] | [undefined, undefined] {
  const match = /^(\d+)[/:](\d+)$/.exec(ratio ?? '')
  if (!match || Number(match[1]) === 0 || Number(match[2]) === 0) return [undefined, undefined]
  return [match[1] as string, match[2] as string]
}

const seconds = (value: string | undefined): string | undefined =>
  value === undefined || !Number.isFinite(Number(value)) ? undefined : Number(value).toFixed(3)

/** Empty, "N/A" and "unknown" say nothing and are left out. */
export function known(facts: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(facts).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && entry[1].trim() !== '' && !/^(n\/a|unknown|unspecified)$/i.test(entry[1]),
    ),
  )
}
