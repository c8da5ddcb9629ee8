import type { CliServices, CliWorld } from './cli-world.ts'
import type { FollowResult } from './follow-uploads.ts'
import { bytesText } from './output.ts'

/** The last line of a command that uploaded. */
export function tellSummary(
  world: CliWorld,
  services: CliServices,
  startedMs: number,
  result: Omit<FollowResult, 'paused'> & { paused?: number; skipped: number; problems: number },
): void {
  const seconds = (services.clock.monotonicMs() - startedMs) / 1000
  const counts = services.callCounts()
  const apiCalls = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const failed = result.failed + result.problems
  const { paused = 0 } = result
  world.output.event('summary', {
    done: result.done,
    failed,
    unproven: result.unproven,
    cancelled: result.cancelled,
    paused,
    skipped: result.skipped,
    sizeBytes: result.sizeBytes,
    seconds: Math.round(seconds * 1000) / 1000,
    apiCalls,
    calls: counts,
    exitCode: result.exitCode,
  })
  const parts = [
    `${result.done} done (${bytesText(result.sizeBytes)})`,
    failed > 0 ? `${failed} failed` : '',
    result.unproven > 0 ? `${result.unproven} closed, unproven` : '',
    result.cancelled > 0 ? `${result.cancelled} cancelled` : '',
    paused > 0 ? `${paused} paused` : '',
    result.skipped > 0 ? `${result.skipped} skipped` : '',
  ]
  world.output.say(`${parts.filter((part) => part !== '').join(', ')} in ${seconds.toFixed(1)} s`)
}
