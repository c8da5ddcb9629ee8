import { session } from 'electron'
import { AppError } from '../../core/errors.ts'
import { proxyFromList } from '../../core/proxy-choice.ts'

/** The choice may come from a script and change with the network, but not within a burst of requests. */
const KEEP_MS = 10_000

/**
 * The system's proxy settings as Chromium reads them (auto-config, manual, WPAD). Asked by origin: what comes after it may be signed.
 * @returns for the network; rejects with AppError network.offline for a proxy of a kind that cannot be used
 */
export function createSystemProxy(): (url: string) => Promise<string | null> {
  const kept = new Map<string, { untilMs: number; choice: Promise<string | null> }>()
  return (url) => {
    const { origin } = new URL(url)
    const known = kept.get(origin)
    if (known && known.untilMs > performance.now()) return known.choice
    const choice = ask(origin)
    kept.set(origin, { untilMs: performance.now() + KEEP_MS, choice })
    // What failed is asked anew the next time.
    choice.catch(() => kept.delete(origin))
    return choice
  }
}

async function ask(origin: string): Promise<string | null> {
  const list = await session.defaultSession.resolveProxy(`${origin}/`)
  try {
    return proxyFromList(list)
  } catch (cause) {
    throw new AppError('network.offline', (cause as Error).message, { cause })
  }
}
