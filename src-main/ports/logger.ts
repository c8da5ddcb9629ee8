/** Plain JSON facts of a log line. A redactor that knows the token and signed URLs stands behind every logger. */
export type LogFacts = Record<string, unknown>

export interface Logger {
  debug(message: string, facts?: LogFacts): void
  info(message: string, facts?: LogFacts): void
  warn(message: string, facts?: LogFacts): void
  error(message: string, facts?: LogFacts): void
  /** A logger that adds these facts to each line. */
  child(facts: LogFacts): Logger
}
