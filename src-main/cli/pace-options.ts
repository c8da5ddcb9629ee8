import type { Command } from 'commander'
import type { RunSettings } from './cli-world.ts'
import { parseCount, parseRate } from './parse-values.ts'

/** So many parts fit into the memory that transfers may take (64 MiB, parts of 8 MiB): asking for more would change nothing. */
const MOST_PARTS = 8

/** How much a command sends at once, and how fast. */
export interface PaceOptions {
  concurrency?: number
  partsAtOnce?: number
  limit?: number
}

export function addPaceOptions(command: Command): Command {
  return command
    .option('--concurrency <n>', 'uploads at once', parseCount(1, 32))
    .option(
      '--parts-at-once <n>',
      'parts of large files at once; without it the number that brings most is found',
      parseCount(1, MOST_PARTS),
    )
    .option('--limit <rate>', 'bytes a second, such as 10M', parseRate)
}

/** What the options set for the run; what was not given stays as the app's settings have it. */
export function paceSettings({ concurrency, partsAtOnce, limit }: PaceOptions): RunSettings {
  return {
    ...(concurrency === undefined ? {} : { parallelUploads: concurrency }),
    ...(partsAtOnce === undefined ? {} : { partsAtOnce }),
    ...(limit === undefined ? {} : { limitBytesPerSecond: limit }),
  }
}
