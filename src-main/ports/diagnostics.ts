import type { DoctorCheck } from '@contract/settings.ts'

/** A log line as it may be shown: secrets are removed. */
export interface LogLine {
  time: string
  level: string
  text: string
}

/** The latest lines that the logger wrote. */
export interface LogTail {
  /** Oldest first. */
  latest(lines: number): LogLine[]
}

/** What only the machine itself can tell: watcher limits, ffmpeg, room on the disk. */
export interface MachineChecks {
  /** Never throws: what cannot be found out is a finding. */
  run(): Promise<DoctorCheck[]>
}

/** What only the window's host can tell: sandbox, isolation, content policy, fuses. */
export interface ShellChecks {
  /** Never throws: what cannot be found out is a finding. */
  run(): Promise<DoctorCheck[]>
}
