import type { UploadId } from '@contract/ids.ts'
import type { UploadHold, UploadRecord } from '../../../core/upload/upload-record.ts'
import type { RunnerLock, RunnerRows } from '../../../ports/upload-journal.ts'
import type { JournalTables, Row } from './journal-tables.ts'
import { readUpload } from './parse-rows.ts'

/** Who runs the queue, and what there is to run. */
export function runnerRows(tables: JournalTables): RunnerRows {
  function runner(nowMs: number, staleAfterMs: number): RunnerLock | null {
    const row = tables.get('SELECT * FROM runner_lock')
    if (!row) return null
    const lock = {
      ownerId: String(row['owner_id']),
      pid: Number(row['pid']),
      heartbeatMs: Number(row['heartbeat_ms']),
    }
    return nowMs - lock.heartbeatMs < staleAfterMs && isAlive(lock.pid) ? lock : null
  }

  return {
    acquireRunner(owner: { ownerId: string; pid: number }, nowMs: number, staleAfterMs: number): boolean {
      return tables.transaction(() => {
        const held = runner(nowMs, staleAfterMs)
        if (held && held.ownerId !== owner.ownerId) return false
        tables.run('INSERT OR REPLACE INTO runner_lock VALUES (1, ?, ?, ?)', owner.ownerId, owner.pid, nowMs)
        return true
      })
    },

    heartbeat(ownerId: string, nowMs: number): boolean {
      return (
        tables.run('UPDATE runner_lock SET heartbeat_ms = ? WHERE owner_id = ?', nowMs, ownerId).changes === 1
      )
    },

    releaseRunner(ownerId: string): void {
      tables.run('DELETE FROM runner_lock WHERE owner_id = ?', ownerId)
    },

    runner,

    clearActive(): void {
      tables.transaction(() => {
        for (const row of tables.all('SELECT * FROM uploads WHERE active = 1'))
          tables.writeUpload(readUpload(row), { active: false })
      })
    },

    runnable(
      accountId: string,
      nowMs: number,
      lane: 'small' | 'large' | 'any',
      limit: number,
      except: Pick<ReadonlySet<UploadId>, 'has' | 'size'> = new Set(),
    ): UploadRecord[] {
      if (limit <= 0) return []
      const lanes = lane === 'any' ? ['small', 'large'] : [lane]
      const rows = lanes.flatMap((name) =>
        tables
          .all(
            `SELECT id, begun, priority, seq FROM uploads
           WHERE account_id = ? AND open = 1 AND hold = 'none' AND lane = ? AND active = 0 AND not_before_ms <= ?
           ORDER BY begun DESC, priority DESC, seq LIMIT ?`,
            accountId,
            name,
            nowMs,
            limit + except.size,
          )
          .filter((row) => !except.has(row['id'] as UploadId)),
      )
      const by = (a: Row, b: Row, name: string) => Number(a[name]) - Number(b[name])
      rows.sort((a, b) => by(b, a, 'begun') || by(b, a, 'priority') || by(a, b, 'seq'))
      return rows.slice(0, limit).flatMap((row) => tables.upload(row['id'] as UploadId) ?? [])
    },

    holdOf(id: UploadId): UploadHold | null {
      return (
        (tables.get('SELECT hold FROM uploads WHERE id = ?', id)?.['hold'] as UploadHold | undefined) ?? null
      )
    },

    nextDueMs(accountId: string): number | null {
      const row = tables.get(
        `SELECT min(not_before_ms) AS due FROM uploads WHERE account_id = ? AND open = 1 AND hold = 'none' AND active = 0`,
        accountId,
      )
      const due = row?.['due'] ?? null
      return due === null ? null : Number(due)
    },

    unfinishedCount(accountId: string): number {
      const row = tables.get(
        `SELECT count(*) AS n FROM uploads WHERE account_id = ? AND open = 1 AND hold <> 'paused'`,
        accountId,
      )
      return Number(row?.['n'] ?? 0)
    },
  }
}

/** Whether a process of this machine still runs; one that may not be asked does. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
