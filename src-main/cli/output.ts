import { MultiBar, Presets } from 'cli-progress'
import type { SingleBar } from 'cli-progress'

export type CliEvent =
  | 'planned'
  | 'started'
  | 'progress'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'card'
  | 'summary'
  | 'receipt'
  | 'ready'
  | 'check'
  | 'signed-in'
  | 'signed-out'
  | 'asset'
  | 'job'
  | 'metadata'
  | 'warning'
  | 'watching'

/** What a command tells: lines and bars for people, or one JSON object a line on standard output. */
export interface Output {
  readonly isJson: boolean
  /** The command does nothing but tell, so that it may end when its reader has had enough. */
  isAllThereIs: boolean
  /** For machines only. */
  event(event: CliEvent, facts: Record<string, unknown>): void
  /** For people only; control characters in names, line breaks too, are made visible. */
  say(...lines: string[]): void
  /** Something is wrong but the command goes on; standard error. */
  warn(...lines: string[]): void
  /** The overall progress; drawn on a terminal only. */
  progress(state: { title: string; doneBytes: number; totalBytes: number; note: string } | null): void
}

/**
 * A reader such as head may have had enough: what is for it is dropped from then on, and the work goes on.
 *
 * @param isJson from --json
 * @param streams.end ends the process well, where there is nothing left to do
 */
export function createOutput(
  isJson: () => boolean,
  streams: { out: NodeJS.WriteStream; err: NodeJS.WriteStream; end: () => void },
): Output {
  const left = new Set<NodeJS.WriteStream>()
  for (const stream of [streams.out, streams.err])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      left.add(stream)
      if (output.isAllThereIs && stream === streams.out) streams.end()
    })
  const write = (stream: NodeJS.WriteStream, text: string) => {
    if (!left.has(stream)) stream.write(text)
  }
  let bars: MultiBar | null = null
  let bar: SingleBar | null = null
  const line = (stream: NodeJS.WriteStream, text: string) => {
    const shown = printable(text)
    if (bars && stream.isTTY) bars.log(`${shown}\n`)
    else write(stream, `${shown}\n`)
  }
  const output: Output = {
    isAllThereIs: false,
    get isJson() {
      return isJson()
    },
    event(event, facts) {
      if (isJson()) write(streams.out, `${jsonLine({ event, ...facts })}\n`)
    },
    say(...lines) {
      if (!isJson()) for (const text of lines) line(streams.out, text)
    },
    warn(...lines) {
      for (const text of lines) line(streams.err, text)
    },
    progress(state) {
      if (isJson() || !streams.out.isTTY) return
      if (!state) {
        bars?.stop()
        bars = bar = null
        return
      }
      bars ??= new MultiBar(
        {
          stream: streams.out,
          format: '{bar} {percentage}%  {note}',
          hideCursor: true,
          barsize: 30,
          clearOnComplete: true,
        },
        Presets.shades_classic,
      )
      bar ??= bars.create(Math.max(1, state.totalBytes), 0, { note: '' })
      bar.setTotal(Math.max(1, state.totalBytes))
      bar.update(Math.min(state.doneBytes, state.totalBytes), { note: printable(state.note) })
    },
  }
  return output
}

/** File names are hostile text: what moves the cursor, begins a line or turns the reading direction must not reach a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Bidi_Control}/gu, asEscape)
}

/** JSON lets control characters from U+007F on stand as they are; a terminal that shows the line would obey them. */
function jsonLine(facts: object): string {
  return JSON.stringify(facts).replace(/\p{Cc}|\p{Bidi_Control}/gu, asEscape)
}

const asEscape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** "1.4 GiB" */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < SIZES.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${SIZES[unit] ?? ''}`
}

export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}
