import type { Command } from 'commander'
import type { UploadState } from '@contract/uploads.ts'
import type { CliWorld } from './cli-world.ts'
import { EXIT } from './exit-codes.ts'
import { STALE_RUNNER_MS } from '../core/upload/upload-record.ts'
import { viewState } from '../core/upload/view-state.ts'
import { bytesText, countText } from './output.ts'
import { stateDirOf } from './state-option.ts'

const MOST_ROWS = 200

/** `ferry status`: what the journal holds; needs neither account nor network. */
export function addStatus(program: Command, world: CliWorld): void {
  program
    .command('status')
    .description('Show the queue: what waits, moves, failed and is done.')
    .action(() => {
      const { journal, close } = world.openJournal(stateDirOf(program, world))
      try {
        let failed = 0
        const runner = journal.runner(Date.now(), STALE_RUNNER_MS)
        for (const accountId of journal.accounts()) {
          const totals = journal.totals(accountId).filter((row) => row.count > 0)
          const counts = Object.fromEntries(totals.map((row) => [row.state, row.count]))
          failed += counts['failed'] ?? 0
          world.output.event('summary', { accountId, counts, runner: runner?.pid ?? null })
          world.output.say(
            totals
              .map((row) => `${countText(row.count, row.state, row.state)} (${bytesText(row.sizeBytes)})`)
              .join(', '),
          )
          tellRows(world, journal.list(accountId, { states: OPEN, text: '' }, 0, MOST_ROWS))
        }
        if (runner) world.output.say(`The queue is run by process ${runner.pid}.`)
        process.exitCode = failed > 0 ? EXIT.someFailed : EXIT.ok
      } finally {
        close()
      }
    })
}

const OPEN: UploadState[] = ['failed', 'unproven', 'preparing', 'uploading', 'checking', 'waiting', 'paused']

function tellRows(
  world: CliWorld,
  { total, rows }: ReturnType<ReturnType<CliWorld['openJournal']>['journal']['list']>,
): void {
  for (const upload of rows) {
    const state = viewState(upload)
    world.output.event(state === 'failed' || state === 'unproven' ? 'failed' : 'progress', {
      id: upload.id,
      path: upload.path,
      state,
      sentBytes: upload.sentBytes,
      sizeBytes: upload.sizeBytes,
      reason: upload.error?.message ?? null,
    })
    const percent =
      upload.sizeBytes > 0
        ? Math.floor((100 * Math.min(upload.sentBytes, upload.sizeBytes)) / upload.sizeBytes)
        : 0
    const detail = upload.error ? `: ${upload.error.message}` : state === 'uploading' ? ` ${percent} %` : ''
    world.output.say(`${upload.id}  ${state}  ${upload.path}${detail}`)
  }
  if (total > rows.length) world.output.say(`and ${countText(total - rows.length, 'more', 'more')}`)
}
