import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, chromium, type Page } from 'playwright-core'

const projectRoot = path.join(import.meta.dirname, '../..')
const START_TIMEOUT_MS = 180_000

export interface RecordedCall {
  name: string
  args: unknown[]
}

export interface LaunchOptions {
  /** The app's data folder; kept when given, else made and thrown away. */
  userData?: string
  env?: Record<string, string>
  size?: { width: number; height: number }
  /** Files and links that the app is opened with. */
  open?: readonly string[]
  /** Another app than Ferry, as something to compare with; the first page of it counts as its window. */
  folder?: string
}

/** The built app in a headless window of the Chromium host, driven from outside as a person would. */
export class LaunchedApp {
  readonly page: Page
  readonly userData: string
  /** When the process was started, in milliseconds since the epoch. */
  readonly launchedAtMs: number
  readonly #child: ChildProcess
  readonly #browser: Browser
  readonly #control: string
  readonly #throwAway: string[]
  readonly #output: string[]
  readonly #ended: Promise<number | null>

  private constructor(parts: {
    page: Page
    userData: string
    launchedAtMs: number
    child: ChildProcess
    browser: Browser
    control: string
    throwAway: string[]
    output: string[]
    ended: Promise<number | null>
  }) {
    this.page = parts.page
    this.userData = parts.userData
    this.launchedAtMs = parts.launchedAtMs
    this.#child = parts.child
    this.#browser = parts.browser
    this.#control = parts.control
    this.#throwAway = parts.throwAway
    this.#output = parts.output
    this.#ended = parts.ended
  }

  static async launch({
    userData,
    env = {},
    size,
    open = [],
    folder = projectRoot,
  }: LaunchOptions = {}): Promise<LaunchedApp> {
    const control = fs.mkdtempSync(path.join(os.tmpdir(), 'app-control-'))
    const data = userData ?? fs.mkdtempSync(path.join(os.tmpdir(), 'app-data-'))
    const throwAway = userData === undefined ? [control, data] : [control]
    const portFile = path.join(data, 'chromium-host', 'DevToolsActivePort')
    fs.rmSync(portFile, { force: true })
    const launchedAtMs = Date.now()
    const child = spawn(
      process.execPath,
      [path.join(projectRoot, 'tools/chromium-host/launch.mjs'), `--user-data-dir=${data}`, folder, ...open],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          ...env,
          CHROMIUM_HOST_HEADLESS: '1',
          CHROMIUM_HOST_CONTROL: control,
          CHROMIUM_HOST_DEBUG_PORT: '0',
        },
      },
    )
    const output: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => output.push(String(part)))
    const ended = new Promise<number | null>((resolve) => {
      child.on('exit', resolve)
    })
    try {
      const browser = await attach(portFile, child, output)
      const page = await appPage(
        browser,
        folder === projectRoot ? 'https://bundle.ferry-app.localhost/' : 'file:',
      )
      if (size) await page.setViewportSize(size)
      return new LaunchedApp({
        page,
        userData: data,
        launchedAtMs,
        child,
        browser,
        control,
        throwAway,
        output,
        ended,
      })
    } catch (error) {
      child.kill('SIGKILL')
      throw new Error(`The app did not open; it said:\n${output.join('')}`, { cause: error })
    }
  }

  /** Process id of main, the one that a test kills to see a crash. */
  get pid(): number {
    return this.#child.pid ?? -1
  }

  /** What main wrote to stdout and stderr so far. */
  get output(): string {
    return this.#output.join('')
  }

  /** The next dialog of this kind gets this answer. */
  answerDialog(method: 'showOpenDialog' | 'showSaveDialog' | 'showMessageBox', result: unknown): void {
    fs.appendFileSync(path.join(this.#control, 'dialogs.jsonl'), `${JSON.stringify({ method, result })}\n`)
  }

  /** Calls of main to parts of the desktop, such as `notification.show`, oldest first. */
  recordedCalls(name?: string): RecordedCall[] {
    const file = path.join(this.#control, 'calls.jsonl')
    if (!fs.existsSync(file)) return []
    const lines = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)
    const calls = lines.map((line) => JSON.parse(line) as RecordedCall)
    return name === undefined ? calls : calls.filter((call) => call.name === name)
  }

  /** Ends the process at once, as a crash would; the data folder stays. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
    await this.#browser.close().catch(() => {})
  }

  /** Quits in order. @returns exit status of main */
  async quit(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    const code = await this.#ended
    await this.#browser.close().catch(() => {})
    return code
  }

  /** Quits if that has not happened yet, and removes what was made for this run. */
  async dispose(): Promise<void> {
    await this.quit()
    for (const folder of this.#throwAway) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function attach(portFile: string, child: ChildProcess, output: string[]): Promise<Browser> {
  const deadlineMs = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`main ended with status ${child.exitCode}`)
    const [port] = readIfThere(portFile).split('\n')
    if (port) return chromium.connectOverCDP(`http://127.0.0.1:${port}`)
    await sleep(50)
  }
  throw new Error(`no window after ${START_TIMEOUT_MS} ms: ${output.join('')}`)
}

async function appPage(browser: Browser, address: string): Promise<Page> {
  const deadlineMs = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadlineMs) {
    const pages = browser.contexts().flatMap((context) => context.pages())
    const page = pages.find((candidate) => candidate.url().startsWith(address))
    if (page) {
      await page.waitForLoadState('load')
      return page
    }
    await sleep(50)
  }
  throw new Error('no page of the app')
}

function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
