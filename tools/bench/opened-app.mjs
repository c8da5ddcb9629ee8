// The app itself as a row's subject: opened in the host that this machine has, signed in, and asked over its own bridge, as its
// page asks.
import { LaunchedApp } from '../../test/support/launched-app.ts'

/**
 * Opens the app.
 *
 * @param userData its data folder, kept; without one it gets a new one that is thrown away
 * @returns what asks main, the page, and what closes it
 */
export async function launchApp({ userData } = {}) {
  const app = await LaunchedApp.launch({ userData, size: { width: 1440, height: 900 } })
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
  return { ask, page: app.page, launchedAtMs: app.launchedAtMs, close: () => app.dispose() }
}

/** Opens the app signed in to a workspace. @returns as `launchApp` */
export async function openApp(workspace) {
  const app = await launchApp()
  const { url, appId, authToken } = workspace
  await app.ask('accounts.connect', { url, appId, authToken, keepIn: 'session' })
  return app
}

/** Waits until a state of main is as wanted. @param patienceMs how long at most @returns the state */
export async function until({ ask }, method, isWanted, patienceMs, everyMs = 250) {
  const deadlineMs = performance.now() + patienceMs
  for (;;) {
    const { value } = await ask(method, {})
    if (isWanted(value)) return value
    if (performance.now() > deadlineMs)
      throw new Error(`${method} is still ${JSON.stringify(value).slice(0, 300)}`)
    await new Promise((resolve) => {
      setTimeout(resolve, everyMs)
    })
  }
}

/**
 * When the first rows of the library were on the screen.
 *
 * @returns milliseconds since the page began to load, since it asked for them, and since 1970
 */
export async function firstRows({ page }) {
  await page.waitForFunction(() => performance.getEntriesByName('library-first-rows').length > 0, undefined, {
    timeout: 120_000,
  })
  return page.evaluate(() => {
    const at = (name) => performance.getEntriesByName(name)[0].startTime
    const shownMs = at('library-first-rows')
    return {
      sincePageMs: shownMs,
      sinceAskedMs: shownMs - at('library-asked'),
      epochMs: performance.timeOrigin + shownMs,
    }
  })
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
