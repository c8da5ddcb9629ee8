import { mkdirSync, openSync, closeSync, writeSync, fstatSync, renameSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import type { DestinationStream, Logger as Pino } from 'pino'
import type { Redactor } from '../../core/redact.ts'
import type { LogFacts, Logger } from '../../ports/logger.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface PinoLoggerOptions {
  level: LogLevel
  redactor: Redactor
  /** Where lines go; standard error when left out, as standard output belongs to results. */
  destination?: DestinationStream
}

/** A logger of one JSON object a line. Every message and fact passes the redactor first. */
export function createPinoLogger({ level, redactor, destination }: PinoLoggerOptions): Logger {
  const sink = destination ?? standardError()
  // Process id and host name say nothing on a desktop; the time is readable by people.
  return wrap(pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, sink), redactor)
}

/** Whatever it leads to may be full or gone: nothing that logs fails over that. */
function standardError(): DestinationStream {
  return pino.destination({ dest: 2, sync: true, maxLength: 1024 * 1024 }).on('error', () => {})
}

function wrap(line: Pino, redactor: Redactor): Logger {
  const clean = (facts: LogFacts | undefined) => (redactor.data(facts ?? {}) ?? {}) as Record<string, unknown>
  return {
    debug(message, facts) {
      // Every request says something here: redacting what nobody reads would cost as much as the request.
      if (line.isLevelEnabled('debug')) line.debug(clean(facts), redactor.text(message))
    },
    info: (message, facts) => line.info(clean(facts), redactor.text(message)),
    warn: (message, facts) => line.warn(clean(facts), redactor.text(message)),
    error: (message, facts) => line.error(clean(facts), redactor.text(message)),
    child: (facts) => wrap(line.child(clean(facts)), redactor),
  }
}

/**
 * A log file that starts anew when it has grown to `maxBytes`; one older file is kept beside it as `<file>.old`, so that
 * weeks of running never fill the disk.
 *
 * Neither opening nor writing throws: whoever logs is about to say what went wrong, and a full disk is no reason to fail at
 * something else. What could not be written is lost; once the file takes lines again, one of them says how many.
 */
export function createLogFile(
  file: string,
  maxBytes = 10 * 1024 * 1024,
): DestinationStream & { close(): void } {
  let descriptor: number | null = null
  let sizeBytes = 0
  let rotateAtBytes = maxBytes
  let lostLines = 0
  let isTorn = false

  /** @throws whatever the disk says; the file that was open until then stays open */
  function open(): number {
    mkdirSync(path.dirname(file), { recursive: true })
    const opened = openSync(file, 'a', 0o600)
    close()
    descriptor = opened
    sizeBytes = fstatSync(opened).size
    rotateAtBytes = maxBytes
    return opened
  }

  /** Never twice for one number: somebody else may have it by then. */
  function close(): void {
    const before = descriptor
    descriptor = null
    if (before === null) return
    try {
      closeSync(before)
    } catch {
      // A share that went away says so here; the number is free all the same.
    }
  }

  function rotate(): void {
    try {
      // Renamed while it is open, so that there is a file to write to when that is refused: on Windows whoever reads it may hold it.
      renameSync(file, `${file}.old`)
    } catch (error) {
      // Gone already: another process made room, or a person.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        return void (rotateAtBytes = sizeBytes + maxBytes / 16)
    }
    try {
      open()
    } catch {
      rotateAtBytes = sizeBytes + maxBytes / 16
    }
  }

  function write(line: string): void {
    const bytes = Buffer.from(line)
    if (sizeBytes > 0 && sizeBytes + bytes.length > rotateAtBytes) rotate()
    const target = descriptor ?? open()
    for (let at = 0; at < bytes.length;) {
      const written = writeSync(target, bytes, at)
      at += written
      sizeBytes += written
      isTorn = at < bytes.length
    }
  }

  try {
    open()
  } catch {
    // It is tried again by the first line.
  }
  return {
    write(line: string) {
      try {
        if (lostLines > 0) write(`${isTorn ? '\n' : ''}${lossNotice(lostLines)}`)
        lostLines = 0
        write(line)
      } catch {
        lostLines++
        // A new look at the path: what is behind this number may not come back.
        close()
      }
    },
    close,
  }
}

function lossNotice(lines: number): string {
  const msg = `${lines} lines before this one could not be written.`
  return `${JSON.stringify({ level: pino.levels.values['warn'], time: new Date().toISOString(), msg })}\n`
}
