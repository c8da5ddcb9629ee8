import type { ScannedFile } from '../clip.ts'

/** A scanned file with its place below what was dropped or watched, '/' between names. */
export interface IntakeFile extends ScannedFile {
  relativePath: string
}

/** A sight that a person should have, such as a file that could not be read. */
export interface IntakeProblem {
  path: string
  reason: string
}
