import { z } from 'zod'
import { AppError } from '../errors.ts'

/** Of one system and processor, as Node names them. */
const UpdateFile = z.object({
  platform: z.enum(['linux', 'darwin', 'win32']),
  arch: z.enum(['x64', 'arm64']),
  /** A plain name: it becomes one on this machine. */
  name: z.string().regex(/^[\w][\w. -]{0,150}$/),
  /** Absolute, or beside the manifest. */
  url: z.string().min(1).max(2000),
  sizeBytes: z.number().int().positive().max(4e9),
  /** Hex. */
  sha512: z.string().regex(/^[0-9a-f]{128}$/),
})
export type UpdateFile = z.infer<typeof UpdateFile>

const UpdateManifest = z.object({
  format: z.literal(1),
  version: z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/),
  files: z.array(UpdateFile).min(1).max(50),
})
export type UpdateManifest = z.infer<typeof UpdateManifest>

/** A version that may be installed over the running one. */
export interface UpdateOffer {
  version: string
  file: UpdateFile
}

/**
 * What a manifest offers to this machine. Its signature was checked before.
 *
 * @param text JSON
 * @returns null when the running version is as new, or there is no package for this system
 * @throws AppError update.refused when it is no manifest of this format
 */
export function offerIn(
  text: string,
  running: { version: string; platform: string; arch: string },
): UpdateOffer | null {
  const parsed = UpdateManifest.safeParse(parseJson(text))
  if (!parsed.success)
    throw new AppError('update.refused', 'The list of updates is not one that this version understands.', {
      cause: parsed.error,
    })
  const { version, files } = parsed.data
  if (!isNewer(version, running.version)) return null
  const file = files.find(({ platform, arch }) => platform === running.platform && arch === running.arch)
  return file ? { version, file } : null
}

/** Both as `1.2.3`. An older version is never offered, whoever signed it: it may have holes that are known by now. */
function isNewer(offered: string, running: string): boolean {
  const [left, right] = [offered, running].map((version) => version.split('.').map(Number))
  for (let index = 0; index < 3; index += 1) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
