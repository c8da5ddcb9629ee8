// How a page moves: what a key, a frame and a long task of it take.

/** What of a list stands for a row. */
export const ROWS = '[role="option"], [role="row"]'

/** Notes each task of the page's own thread that takes longer than 50 ms, from now on. @returns what ends it and tells them */
export async function countLongTasks(page) {
  await page.evaluate(() => {
    const tasks = []
    const note = (entries) => tasks.push(...entries.map(({ duration }) => duration))
    const observer = new PerformanceObserver((list) => note(list.getEntries()))
    observer.observe({ type: 'longtask' })
    globalThis.endLongTasks = () => {
      note(observer.takeRecords())
      observer.disconnect()
      return tasks
    }
  })
  return () => page.evaluate(() => globalThis.endLongTasks())
}

/**
 * Notes each task of the page's own thread that takes longer than 50 ms, and what processor time tasks took: on two cores a task
 * is often kept waiting by the browser's other processes and by main, which is no work of the page.
 *
 * @returns what ends it and tells both
 */
export async function traceTasks(page) {
  const browser = page.context().browser()
  await browser.startTracing(page, { categories: ['toplevel'] })
  const end = await countLongTasks(page)
  return async () => {
    const longMs = await end()
    const { traceEvents } = JSON.parse(String(await browser.stopTracing()))
    return { longMs, processorMs: pageTasks(traceEvents).map(({ tdur = 0 }) => tdur / 1000) }
  }
}

/** Tasks of the renderer thread that had most of them, which is the page's. */
function pageTasks(events) {
  const place = ({ pid, tid }) => `${pid} ${tid}`
  const threads = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map((event) => place(event)),
  )
  const tasks = Map.groupBy(
    events.filter((event) => event.ph === 'X' && threads.has(place(event))),
    place,
  )
  return [...tasks.values()].toSorted((left, right) => right.length - left.length)[0] ?? []
}

/**
 * Scrolls a list to its end and back, a step a frame.
 *
 * @param list a locator of what scrolls
 * @returns milliseconds of each frame, and the most rows that were in the document at once
 */
export async function scrollThrough(page, list, steps = 400) {
  await list.waitFor()
  return list.evaluate(
    async (scroller, { count, rows }) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const framesMs = []
      let mostRows = 0
      let before = await frame()
      for (let step = 0; step <= count; step += 1) {
        const share = step <= count / 2 ? (2 * step) / count : 2 - (2 * step) / count
        scroller.scrollTop = share * (scroller.scrollHeight - scroller.clientHeight)
        const now = await frame()
        framesMs.push(now - before)
        before = now
        mostRows = Math.max(mostRows, scroller.querySelectorAll(rows).length)
      }
      return { framesMs, mostRows }
    },
    { count: steps, rows: ROWS },
  )
}

/** Types a text key by key and clears it again. @returns milliseconds from each key to the frame after it */
export async function typeInto(page, field, text) {
  await field.evaluate((input) => {
    globalThis.keysMs = []
    globalThis.endKeys?.abort()
    globalThis.endKeys = new AbortController()
    const noteFrame = ({ timeStamp }) =>
      requestAnimationFrame(() => setTimeout(() => globalThis.keysMs.push(performance.now() - timeStamp)))
    input.addEventListener('keydown', noteFrame, { signal: globalThis.endKeys.signal })
  })
  await field.pressSequentially(text, { delay: 40 })
  const keysMs = await page.evaluate(() => globalThis.keysMs)
  await field.fill('')
  return keysMs
}
