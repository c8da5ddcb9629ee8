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
  const sink = destination ?? pino.destination({ dest: 2, sync: true })
  // Process id and host name say nothing on a desktop; the time is readable by people.
  return wrap(pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, sink), redactor)
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
 */
export function createLogFile(
  file: string,
  maxBytes = 10 * 1024 * 1024,
): DestinationStream & { close(): void } {
  mkdirSync(path.dirname(file), { recursive: true })
  const open = () => openSync(file, 'a', 0o600)
  let descriptor = open()
  let size = fstatSync(descriptor).size
  return {
    write(line: string) {
      if (size > 0 && size + line.length > maxBytes) {
        closeSync(descriptor)
        renameSync(file, `${file}.old`)
        descriptor = open()
        size = 0
      }
      size += writeSync(descriptor, line)
    },
    close: () => closeSync(descriptor),
  }
}
