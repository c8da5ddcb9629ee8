import { CircleAlert, Eye, Gauge, Hourglass, Pause, RefreshCw, Unplug } from '@lucide/vue'
import type { Component } from 'vue'
import type { WatchFolderView } from '@contract/watch-folders.ts'
import { formatTimeSeconds } from '../../lib/dates.ts'
import { formatTook } from '../../lib/durations.ts'
import { strings } from '../../lib/strings/index.ts'

export type FolderTone = 'plain' | 'progress' | 'warn' | 'error' | 'paused'

const words = strings.watch
const LOOKS: Record<WatchFolderView['state'], { tone: FolderTone; icon: Component }> = {
  starting: { tone: 'progress', icon: RefreshCw },
  watching: { tone: 'plain', icon: Eye },
  'catching-up': { tone: 'progress', icon: RefreshCw },
  settling: { tone: 'warn', icon: Hourglass },
  away: { tone: 'paused', icon: Unplug },
  limited: { tone: 'warn', icon: Gauge },
  paused: { tone: 'paused', icon: Pause },
  failed: { tone: 'error', icon: CircleAlert },
}

export const lookOf = (folder: WatchFolderView) => LOOKS[folder.state]

/** One line about what the folder does now. */
export function describeFolder(folder: WatchFolderView): string {
  const { counts, coverage, rules, state } = folder
  const says = words.states
  switch (state) {
    case 'starting':
    case 'away':
    case 'limited':
    case 'paused':
    case 'failed':
      return says[state]
    case 'catching-up':
      return says.catchingUp(coverage.remaining)
    case 'settling':
      return says.settling(counts.settling, counts.done, counts.files)
    case 'watching': {
      const watching = says.watching(counts.done, counts.files)
      return rules.watcher === 'polling'
        ? `${watching}, ${says.polling(formatTook(rules.pollSeconds))}`
        : watching
    }
  }
}

/** How much of the folder is known: never more than a pass has shown. */
export function describeCoverage({ coverage }: WatchFolderView): string {
  const says = words.coverage
  if (coverage.kind === 'complete' && coverage.asOf) return says.complete(formatTimeSeconds(coverage.asOf))
  if (coverage.kind === 'catching-up')
    return coverage.remaining === null ? says.catchingUpUnknown : says.catchingUp(coverage.remaining)
  return coverage.reason ? says.unknown(coverage.reason) : says.unknownPlain
}
