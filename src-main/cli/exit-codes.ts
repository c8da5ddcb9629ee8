import { findAppError } from '../core/errors.ts'
import type { AppError } from '../core/errors.ts'

/** What the shell is told. */
export const EXIT = {
  ok: 0,
  /** Some clips failed; each was named. */
  someFailed: 1,
  usage: 2,
  notSignedIn: 3,
  unreachable: 4,
} as const

/** Ended by a signal, as shells count it. */
export const EXIT_AFTER_SIGNAL = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** A mistake in how the command was called; its message is all that is to be said. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The exit code that an error which ended a command stands for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage
  switch (findAppError(error)?.code) {
    case 'contract.invalid-input':
    case 'watch.overlap':
      return EXIT.usage
    case 'auth.required':
    case 'auth.rejected':
    case 'auth.keychain-unavailable':
      return EXIT.notSignedIn
    case 'network.offline':
    case 'network.timeout':
    case 'network.tls':
      return EXIT.unreachable
    default:
      return EXIT.someFailed
  }
}

/** One or two plain lines for a person. A name in them may hold line breaks, which end none. */
export function linesFor(error: unknown): string[] {
  if (error instanceof UsageError) return [error.message]
  const known = findAppError(error)
  if (!known)
    return [`Something unexpected happened: ${error instanceof Error ? error.message : String(error)}`]
  // Where the command itself ended, there may be nothing to retry; the same command again does what is left.
  const advice =
    known.code === 'file.missing'
      ? 'Check how it is written, then run the command again.'
      : adviceFor(known, 'the command again')
  return [known.message, advice].filter((line) => line !== '')
}

/**
 * What a person can do about it; '' when the message says it all.
 *
 * @param again what is to be run then
 */
export function adviceFor(error: Pick<AppError, 'code'>, again = '“ferry retry”'): string {
  switch (error.code) {
    case 'auth.required':
    case 'auth.rejected':
      return 'Sign in with “ferry login”, or set FERRY_URL, FERRY_APP_ID and FERRY_AUTH_TOKEN.'
    case 'network.offline':
    case 'network.timeout':
      return 'Check the address and the network, then run the same command again; nothing is lost.'
    case 'file.unreadable':
      return `Give yourself the right to read it, then run ${again}.`
    case 'file.missing':
      return `Put it back, then run ${again}.`
    case 'file.changed':
      return `Wait until it is written completely, then run ${again}.`
    case 'file.unsupported':
      return 'Hand over files and folders; links and devices are not followed.'
    case 'store.full':
      return 'Make room on that disk, then run “ferry resume”.'
    case 'store.failed':
      return 'Look at the disk that holds the state folder, then run “ferry resume”.'
    case 'storage.mismatch':
      return `Nothing is called done before its sums agree. Run ${again}; if it happens again, show this to whoever runs the storage.`
    case 'storage.refused':
      return `Run ${again} later; if it happens again, ask whoever runs the storage why.`
    case 'storage.full':
      return `Make room on the storage, then run ${again}.`
    case 'storage.unsupported':
      return 'Choose another storage with --storage.'
    case 'auth.role-missing':
      return `Ask an administrator of iconik for that right, then run ${again}.`
    case 'rate.limited':
      return `Run ${again} later, or upload with a smaller --concurrency.`
    case 'api.failed':
    case 'api.unexpected':
      return `Run ${again} later; if it happens again, show this to whoever runs the server.`
    case 'api.invalid':
    case 'api.not-found':
    case 'api.conflict':
      return `Look at what the server says; once that is put right, run ${again}.`
    case 'network.tls':
      return `Check the date of this machine and the certificates that it trusts, then run ${again}.`
    case 'bug':
      return `This is a mistake in Ferry. Run ${again}, and please report it with the log.`
    default:
      return ''
  }
}
