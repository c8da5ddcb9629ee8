import { beforeAll, describe, expect, it } from 'vitest'
import { crashBatch } from '@test/support/crash/crash-batch.ts'
import type { CrashBatch } from '@test/support/crash/crash-batch.ts'
import { buildFerry } from '@test/support/ferry-command.ts'

const MIB = 1024 * 1024
const isLong = process.env['TEST_LONG'] === '1'

/** For repeating a round, or for more of them: see `howToRepeat`. */
const wanted = {
  seed: numberFrom('CRASH_SEED'),
  kills: numberFrom('CRASH_KILLS'),
  batch: process.env['CRASH_BATCH'],
}

/** In one batch in three, one answer in ten is lost after the call took effect, and search lags. */
const LOST_ANSWERS = { faults: [{ match: '* *', p: 0.1, action: 'drop-after' }], indexDelayMs: 3000 }

const shape = isLong
  ? { kills: 125, largeBytes: 200 * MIB, smallCount: 100, aboutParts: true }
  : { kills: 25, largeBytes: 40 * MIB, smallCount: 100, aboutParts: true }

const batches: CrashBatch[] = [
  { storage: 's3', seed: 101, ...shape },
  { storage: 'gcs', seed: 102, ...shape },
  { storage: 'azure', seed: 103, ...shape },
  { storage: 'b2', seed: 104, ...shape },
  { storage: 'file', seed: 105, ...shape },
  { storage: 's3', seed: 106, ...shape, ...LOST_ANSWERS },
  { storage: 'gcs', seed: 107, ...shape, ...LOST_ANSWERS },
  { storage: 'b2', seed: 108, ...shape, ...LOST_ANSWERS },
]
  .filter((batch) => !wanted.batch || keyOf(batch as CrashBatch) === wanted.batch)
  .map((batch) => ({
    ...(batch as CrashBatch),
    seed: wanted.seed ?? batch.seed,
    kills: wanted.kills ?? batch.kills,
  }))

beforeAll(buildFerry, 300_000)

describe('a command that is killed again and again', () => {
  // Two at a time: one core each for the command, the other for what it talks to.
  const atOnce = gate(2)
  it.concurrent.each(batches.map((batch) => [nameOf(batch), batch] as const))(
    'brings everything home once, with its own bytes: %s',
    async (_name, batch) => {
      await atOnce(async () => {
        try {
          const report = await crashBatch(batch)
          if (report.wrong.length > 0) console.error(`${nameOf(batch)}: ${report.wrong.join('; ')}`)
          const shares = report.shares.map((share) => Math.round(share * 100)).join(' ')
          console.log(
            `${nameOf(batch)}: ${report.kills} kills in ${report.lives} lives, ${report.seconds.toFixed(0)} s; ` +
              `per cent across at each: ${shares}`,
          )
          expect(report.wrong).toEqual([])
          expect(report.kills).toBeGreaterThanOrEqual(batch.kills)
        } catch (error) {
          // At once: a long run may be ended before the reporter tells.
          console.error(`${nameOf(batch)}: ${String(error)}\n${howToRepeat(batch)}`)
          throw error
        }
      })
    },
    isLong ? 3 * 3_600_000 : 1_200_000,
  )
})

function keyOf({ storage, faults }: CrashBatch): string {
  return faults ? `${storage}-lost` : storage
}

function nameOf(batch: CrashBatch): string {
  return `${keyOf(batch)}, seed ${batch.seed}`
}

function howToRepeat(batch: CrashBatch): string {
  const environment = `CRASH_BATCH=${keyOf(batch)} CRASH_SEED=${batch.seed} CRASH_KILLS=${batch.kills}${isLong ? ' TEST_LONG=1' : ''}`
  return `To repeat it: ${environment} npx vitest run --project ci test/ci/crash-rounds.test.ts`
}

function numberFrom(name: string): number | null {
  const text = process.env[name]
  return text === undefined || text === '' ? null : Number(text)
}

/** Lets so many in at once. */
function gate(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = places
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
