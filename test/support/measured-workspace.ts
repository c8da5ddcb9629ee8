import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const script = fileURLToPath(new URL('measured-child.ts', import.meta.url))

export interface Usage {
  /** Processor time since its process began. */
  cpuMs: number
  rssBytes: number
}

/** A workspace in a process of its own, so that what it uses is its own; ends with the test. */
export async function measureWorkspace(dataDir: string) {
  const child = fork(script, [dataDir], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = once(child, 'exit')
  const close = async () => {
    if (child.connected) child.disconnect()
    await ended
  }
  onTestFinished(close)
  const early = ended.then(([code]) => Promise.reject(new Error(`The workspace ended with ${String(code)}`)))
  early.catch(() => undefined)
  const answer = async <T>() => ((await Promise.race([once(child, 'message'), early])) as [T])[0]
  const ready = await answer<{ url: string; appId: string; authToken: string; startCpuMs: number }>()
  const usage = async (): Promise<Usage> => {
    child.send('usage')
    return answer<Usage>()
  }
  return { ...ready, usage, close }
}
