import type { IntakeFile } from './intake-file.ts'
import { baseName, caseless, extensionOf, folderOf, splitName } from './path-names.ts'

/** XMP is always metadata and never an asset of its own. */
const METADATA_ONLY = new Set(['xmp'])
/** Metadata when its content is one of the storage gateway's forms, else a file that goes along. */
const METADATA_OR_FILE = new Set(['json', 'xml', 'csv'])
/** Goes along with its clip. */
const COMPANION = new Set(['srt', 'thm', 'lrv', 'lrf', 'sidecar', 'bim', 'cpf'])

export type SidecarKind = 'metadata' | 'metadata-or-file' | 'file'

export function sidecarKind(relativePath: string): SidecarKind | null {
  const extension = extensionOf(relativePath)
  if (METADATA_ONLY.has(extension)) return 'metadata'
  if (METADATA_OR_FILE.has(extension)) return 'metadata-or-file'
  return COMPANION.has(extension) ? 'file' : null
}

/** A sidecar and the files that it speaks of: one, or several of one stem (raw and picture) for "a.xmp". */
export interface SidecarMatch {
  sidecar: IntakeFile
  kind: SidecarKind
  of: IntakeFile[]
}

/**
 * Matches sidecars to the files beside them: "a.mov.xmp" belongs to a.mov alone, "a.xmp" to every file with the stem "a". The
 * longer match wins. Those that match nothing are returned as orphans.
 */
export function matchSidecars(files: readonly IntakeFile[]): {
  matches: SidecarMatch[]
  orphans: IntakeFile[]
} {
  const byName = new Map<string, IntakeFile>()
  const byStem = new Map<string, IntakeFile[]>()
  const sidecars: IntakeFile[] = []
  for (const file of files) {
    if (sidecarKind(file.relativePath) !== null) {
      sidecars.push(file)
      continue
    }
    byName.set(caseless(file.relativePath), file)
    const stem = caseless(stemPath(file.relativePath))
    const siblings = byStem.get(stem)
    if (siblings) siblings.push(file)
    else byStem.set(stem, [file])
  }
  const matches: SidecarMatch[] = []
  const orphans: IntakeFile[] = []
  for (const sidecar of sidecars) {
    const stem = caseless(stemPath(sidecar.relativePath))
    const named = byName.get(stem)
    const of = named ? [named] : byStem.get(stem)
    if (of) matches.push({ sidecar, kind: sidecarKind(sidecar.relativePath) ?? 'file', of })
    else orphans.push(sidecar)
  }
  return { matches, orphans }
}

/** A path without its extension. */
function stemPath(relativePath: string): string {
  const folder = folderOf(relativePath)
  const { stem } = splitName(baseName(relativePath))
  return folder === '' ? stem : `${folder}/${stem}`
}
