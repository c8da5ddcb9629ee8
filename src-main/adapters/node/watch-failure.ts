import type { WatchHint } from '../../ports/file-watcher.ts'

/**
 * What a watcher's error means. Running out of inotify watches is reported by the kernel as a full disk (ENOSPC), running out of its queues as too many
 * open files (EMFILE); inotify(7).
 */
export function describeWatchFailure(error: unknown, root: string): WatchHint {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? ''
  const text = error instanceof Error ? error.message : String(error)
  if (/dropped|must be re-?scanned|overflow/i.test(text)) return { kind: 'overflow' }
  if (code === 'EMFILE' || /EMFILE|too many open files/i.test(text))
    return {
      kind: 'failed',
      reason: 'limit',
      message: `The system lets no more programs watch folders, so ${root} cannot be watched.`,
      setting: 'fs.inotify.max_user_instances=1024',
    }
  if (code === 'ENOSPC' || /ENOSPC|no space left|watch limit/i.test(text))
    return {
      kind: 'failed',
      reason: 'limit',
      message: `The system allows no more watches, so ${root} cannot be watched in full.`,
      setting: 'fs.inotify.max_user_watches=1048576',
    }
  if (code === 'ENOENT' || /no such file|ENOENT/i.test(text))
    return { kind: 'failed', reason: 'gone', message: `${root} is not there any more.` }
  return { kind: 'failed', reason: 'other', message: `${root} cannot be watched: ${text}` }
}
