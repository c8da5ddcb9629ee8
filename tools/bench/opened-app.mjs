// The app itself as a row's subject: opened in the host that this machine has, signed in, and asked over its own bridge, as its
// page asks.
import { LaunchedApp } from '../../test/support/launched-app.ts'

/** Opens the app signed in to a workspace. @returns what asks main, and what closes it */
export async function openApp(workspace) {
  const app = await LaunchedApp.launch({ size: { width: 1440, height: 900 } })
  let count = 0
  /** One call over the bridge. @returns its value and the milliseconds that the page waited */
  const ask = async (method, input) => {
    const id = `bench-${(count += 1)}`
    const { reply, tookMs } = await app.page.evaluate(
      async (frame) => {
        const startedAtMs = performance.now()
        const answer = await globalThis.ferry.call(frame)
        return { reply: answer, tookMs: performance.now() - startedAtMs }
      },
      { kind: 'call', v: 1, id, method, input },
    )
    if (!reply.ok) throw new Error(`${method}: ${reply.error.message}`)
    return { value: reply.value, tookMs }
  }
  const { url, appId, authToken } = workspace
  await ask('accounts.connect', { url, appId, authToken, keepIn: 'session' })
  return { ask, close: () => app.dispose() }
}

/** Plans a folder and starts its upload. @returns how many clips it has */
export async function startUpload({ ask }, folder) {
  let { value: plan } = await ask('uploads.plan', { paths: [folder], targets: { duplicates: 'ingest' } })
  while (plan.state !== 'ready') {
    if (plan.state === 'failed') throw new Error(`the plan failed: ${plan.error?.message}`)
    await new Promise((resolve) => {
      setTimeout(resolve, 100)
    })
    plan = (await ask('uploads.planView', { id: plan.id })).value
  }
  return (await ask('uploads.confirm', { id: plan.id })).value.clips
}

/** How the queue stands. */
export async function standing({ ask }) {
  const { counts } = (await ask('uploads.summary', {})).value
  const failed = counts.failed + counts.unproven
  if (failed > 0) throw new Error(`${failed} uploads failed`)
  return { done: counts.done }
}
