import sharp from 'sharp'
import type { Component } from '../store/tables.ts'
import { runTool } from './run-tool.ts'

/** Where a tool reads bytes from: a path, or an address of the workspace itself. */
export interface MediaSource {
  location: string
  isUrl: boolean
  fileName: string
}

export interface MediaFacts {
  durationMs: number | null
  width: number | null
  height: number | null
  frameRate: number | null
  hasVideo: boolean
  hasAudio: boolean
  container: string | null
  components: Omit<Component, 'id'>[]
}

interface ProbedStream {
  codec_type?: string
  codec_name?: string
  width?: number
  height?: number
  avg_frame_rate?: string
  r_frame_rate?: string
  bit_rate?: string
  duration?: string
  channels?: number
  channel_layout?: string
  sample_rate?: string
  pix_fmt?: string
  color_space?: string
  disposition?: { attached_pic?: number }
  tags?: Record<string, string>
}

/** Only what the source itself is: a playlist inside an uploaded file must not reach other files or hosts. */
export const protocolArgs = (source: MediaSource): string[] => [
  '-protocol_whitelist',
  source.isUrl ? 'http,tcp' : 'file,pipe',
]

const rational = (text: string | undefined): number | null => {
  const [top = Number.NaN, bottom = 1] = (text ?? '').split('/').map(Number)
  return top > 0 && bottom > 0 ? top / bottom : null
}

const tidy = (values: Record<string, string | number | null | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      value === null || value === undefined || value === '' ? [] : [[key, String(value)]],
    ),
  )

/** Technical facts of a file in MediaInfo's lower-case keys, as iconik's components hold them; values are text. */
export async function probe(
  ffprobePath: string,
  source: MediaSource,
  signal?: AbortSignal,
): Promise<MediaFacts> {
  const args = [
    '-v',
    'error',
    ...protocolArgs(source),
    '-print_format',
    'json',
    '-show_format',
    '-show_streams',
    source.location,
  ]
  const output = await runTool(ffprobePath, args, {
    ...(signal ? { signal } : {}),
    failure: 'The file is no readable video, sound or picture',
  })
  const { streams = [], format = {} } = JSON.parse(output.toString('utf8')) as {
    streams?: ProbedStream[]
    format?: {
      duration?: string
      format_name?: string
      format_long_name?: string
      bit_rate?: string
      size?: string
      tags?: Record<string, string>
    }
  }
  const video = streams.find(
    (stream) => stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1,
  )
  const seconds = Number(format.duration ?? Number.NaN)
  const durationMs = Number.isFinite(seconds) ? Math.round(seconds * 1000) : null
  return {
    durationMs,
    width: video?.width ?? null,
    height: video?.height ?? null,
    frameRate: rational(video?.avg_frame_rate) ?? rational(video?.r_frame_rate),
    hasVideo: video !== undefined,
    hasAudio: streams.some((stream) => stream.codec_type === 'audio'),
    container: format.format_name ?? null,
    components: [
      {
        name: 'General',
        type: 'GENERAL',
        metadata: tidy({
          format: format.format_long_name ?? format.format_name,
          duration: durationMs,
          overall_bit_rate: format.bit_rate,
          file_size: format.size,
          time_code: format.tags?.['timecode'],
          encoded_date: format.tags?.['creation_time'],
        }),
      },
      ...streams.flatMap((stream, at) => {
        // The first sound is number 1, whatever streams of another kind come before it.
        const number = streams
          .slice(0, at + 1)
          .filter((other) => other.codec_type === stream.codec_type).length
        return componentOf(stream, number, durationMs)
      }),
    ],
  }
}

function componentOf(
  stream: ProbedStream,
  number: number,
  durationMs: number | null,
): Omit<Component, 'id'>[] {
  const seconds = Number(stream.duration ?? Number.NaN)
  const duration = Number.isFinite(seconds) ? Math.round(seconds * 1000) : durationMs
  const shared = {
    format: stream.codec_name,
    duration,
    bitrate: stream.bit_rate,
    language: stream.tags?.['language'],
  }
  if (stream.codec_type === 'video')
    return [
      {
        name: `Video ${number}`,
        type: 'VIDEO',
        metadata: tidy({
          ...shared,
          width: stream.width,
          height: stream.height,
          framerate: rational(stream.avg_frame_rate)?.toFixed(3),
          pixel_format: stream.pix_fmt,
          color_space: stream.color_space,
          time_code: stream.tags?.['timecode'],
        }),
      },
    ]
  if (stream.codec_type === 'audio')
    return [
      {
        name: `Audio ${number}`,
        type: 'AUDIO',
        metadata: tidy({
          ...shared,
          channels: stream.channels,
          channel_layout: stream.channel_layout,
          sampling_rate: stream.sample_rate,
        }),
      },
    ]
  return stream.codec_type === 'subtitle'
    ? [{ name: `Text ${number}`, type: 'TEXT', metadata: tidy(shared) }]
    : []
}

/** Facts of a still image, or undefined where the library cannot read it (DPX and EXR are left to ffmpeg). */
export async function probeImage(input: string | Buffer): Promise<MediaFacts | undefined> {
  try {
    const {
      width = null,
      height = null,
      format,
      space,
      depth,
      density,
    } = await sharp(input, { limitInputPixels: 1_000_000_000 }).metadata()
    return {
      durationMs: null,
      width,
      height,
      frameRate: null,
      hasVideo: true,
      hasAudio: false,
      container: format ?? null,
      components: [
        {
          name: 'Image',
          type: 'IMAGE',
          metadata: tidy({
            format,
            width,
            height,
            color_space: space,
            bit_depth: depth,
            resolution: density,
          }),
        },
      ],
    }
  } catch {
    return undefined
  }
}
