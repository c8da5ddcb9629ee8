/**
 * What systems answer to a hard link that cannot be made there: on another volume, on FAT and exFAT, on shares. On Windows exFAT says EISDIR
 * (https://github.com/nodejs/node/issues/65817).
 */
const CODES = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR'])

/** Whether an error of a link says that a file has to get its name in another way. */
export function meansNoLinks(error: unknown): boolean {
  return CODES.has(String((error as { code?: unknown } | null)?.code))
}
