import type { DestinationStream } from 'pino'
import type { LogLine, LogTail } from '../../ports/diagnostics.ts'

const LEVELS: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'error' }

/**
 * Remembers the latest lines on their way to another destination. Lines come from the logger, so secrets are gone.
 *
 * @param keep how many lines are remembered
 */
export function createLogTail(destination: DestinationStream, keep = 5_000): LogTail & DestinationStream {
  const lines: string[] = []
  return {
    write(line) {
      destination.write(line)
      lines.push(line)
      if (lines.length > keep * 1.2) lines.splice(0, lines.length - keep)
    },
    latest: (count) => lines.slice(-Math.min(count, keep)).map(toLogLine),
  }
}

function toLogLine(line: string): LogLine {
  const { time, level, msg, ...facts } = JSON.parse(line) as { time: string; level: number; msg: string }
  const rest = Object.keys(facts).length > 0 ? ` ${JSON.stringify(facts)}` : ''
  return { time, level: LEVELS[level] ?? String(level), text: `${msg}${rest}` }
}
