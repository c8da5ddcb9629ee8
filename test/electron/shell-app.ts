// The app of the shell smoke test: the project's own shell, transport and preload on a real Electron, with services of
// memory behind the router. It looks at itself, prints one JSON object a line for each finding, and quits.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import path from 'node:path'
import { PROTOCOL_VERSION, type EventFrame } from '../../src-preload/contract/envelope.ts'
import { app, type BrowserWindow, net, powerSaveBlocker, type WebContents } from 'electron'
import { createElectronTransport, type FrameRouter } from '../../src-main/ipc/electron-transport.ts'
import type { MediaSource } from '../../src-main/ports/media-source.ts'
import { registerSchemes, serveApp } from '../../src-main/shell/app-protocol.ts'
import { APP_ORIGIN, isAppUrl } from '../../src-main/shell/content-policy.ts'
import { HandOver } from '../../src-main/services/desktop/hand-over.ts'
import { isOnlyInstance, quitInOrder } from '../../src-main/shell/lifecycle.ts'
import { setStartAtLogin } from '../../src-main/shell/login-item.ts'
import { checkHardening } from '../../src-main/shell/hardening-checks.ts'
import { hideOnClose } from '../../src-main/shell/manners.ts'
import { lockDown } from '../../src-main/shell/navigation-lock.ts'
import { SleepGuard } from '../../src-main/shell/power.ts'
import { createTray } from '../../src-main/shell/tray.ts'
import { createMainWindow, loadApp } from '../../src-main/shell/windows.ts'

const root = __dirname
const movie = Buffer.alloc(100_000, 'ferry')

function report(finding: { check: string; ok?: boolean; unproven?: string; detail?: unknown }): void {
  process.stdout.write(`${JSON.stringify(finding)}\n`)
}

/** States a check and what it found; an exception is a failed check. */
async function check(name: string, look: () => unknown): Promise<void> {
  try {
    const finding = await look()
    report({ check: name, ok: finding === true, detail: finding === true ? undefined : finding })
  } catch (error) {
    report({ check: name, ok: false, detail: String(error) })
  }
}

const media: MediaSource = {
  open: async (_address, range) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? []
    if (from === undefined || to === undefined)
      return { status: 200, headers: { 'content-type': 'video/mp4' }, body: movie }
    const body = movie.subarray(Number(from), Number(to) + 1)
    const headers = { 'content-type': 'video/mp4', 'content-range': `bytes ${from}-${to}/${movie.length}` }
    return { status: 206, headers, body }
  },
}

let emit: (frame: EventFrame) => void = () => {}
const heard: unknown[] = []
const router: FrameRouter = {
  handle: async (frame) => {
    heard.push(frame)
    return { ok: true, value: { echo: frame } }
  },
  onEvent: (listener) => {
    emit = listener
    return () => {}
  },
  forget: () => {},
}

const inPage = (page: WebContents, code: string): Promise<unknown> => page.executeJavaScript(code, true)
const frame = (method: string) =>
  JSON.stringify({ kind: 'call', v: PROTOCOL_VERSION, id: '1', method, input: null })
const tryIn = (page: WebContents, expression: string) =>
  inPage(
    page,
    `(async () => { try { await (${expression}); return 'allowed' } catch { return 'refused' } })()`,
  )
const isRefused = (answer: unknown) => answer === 'refused' || answer

async function checkWindow(window: BrowserWindow): Promise<void> {
  const page = window.webContents
  await check('the page has neither require nor process', async () => {
    const seen = await inPage(page, '[typeof require, typeof process, typeof module, typeof Buffer].join()')
    return seen === 'undefined,undefined,undefined,undefined' || seen
  })
  await check('the bridge has three functions and no more', async () => {
    const keys = await inPage(page, 'Object.keys(ferry).sort().join()')
    return keys === 'call,pathForFile,subscribe' || keys
  })
  await check('context isolation: what a page changes does not reach the preload', async () => {
    await inPage(page, 'Promise.prototype.then.tampered = true; Array.prototype.map = () => "tampered"; 0')
    const answer = (await inPage(page, `ferry.call(${frame('echo')})`)) as { ok: boolean }
    const isPageFunction = await inPage(page, 'ferry.call.constructor === Function')
    return (answer.ok && isPageFunction === true) || { answer, isPageFunction }
  })
  await check('the bridge cannot be replaced by the page', async () => {
    const kept = await inPage(page, '(() => { try { ferry.call = 1 } catch {} return typeof ferry.call })()')
    return kept === 'function' || kept
  })
  checkSandbox(page)
}

function checkSandbox(page: WebContents): void {
  const name = 'the renderer process is sandboxed by the kernel'
  if (process.argv.includes('--no-sandbox') || app.commandLine.hasSwitch('no-sandbox')) {
    report({ check: name, unproven: 'it was started without its sandbox' })
    return
  }
  const status = fs.readFileSync(`/proc/${page.getOSProcessId()}/status`, 'utf8')
  const seccomp = /^Seccomp:\s*(\d)/m.exec(status)?.[1]
  report({ check: name, ok: seccomp === '2', detail: `Seccomp: ${seccomp}` })
}

async function checkPolicy(page: WebContents): Promise<void> {
  await check('the policy refuses eval', async () =>
    isRefused(
      await inPage(
        page,
        '(async () => { try { new Function("1"); return "allowed" } catch { return "refused" } })()',
      ),
    ),
  )
  await check('the policy refuses inline scripts', async () => {
    const ran = await inPage(
      page,
      'const s = document.createElement("script"); s.textContent = "window.inlineRan = 1"; document.head.append(s); typeof window.inlineRan',
    )
    return ran === 'undefined' || ran
  })
  await check('the policy has nothing unsafe and nothing remote', async () => {
    const policy = await inPage(
      page,
      'fetch("/index.html").then((a) => a.headers.get("content-security-policy"))',
    )
    return (typeof policy === 'string' && !/unsafe|https?:|\*/.test(policy)) || policy
  })
  await check('a page reaches no server, not even on this machine', async () => {
    let requests = 0
    const server = http.createServer((_request, response) => {
      requests += 1
      response.end()
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    const answer = await tryIn(page, `fetch("http://127.0.0.1:${port}/", { mode: "no-cors" })`)
    await inPage(
      page,
      `new Promise((done) => { const i = new Image(); i.onerror = i.onload = () => done(0); i.src = "http://127.0.0.1:${port}/a.png" })`,
    )
    server.close()
    return (answer === 'refused' && requests === 0) || { answer, requests }
  })
}

async function checkProtocol(page: WebContents): Promise<void> {
  const statusOf = async (url: string, headers: Record<string, string> = {}) =>
    (await net.fetch(url, { headers })).status
  await check('paths that lead outside the bundle are not found', async () => {
    const outside = [
      '/../package.json',
      '/..%2fpackage.json',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%5cpackage.json',
      '/%00',
    ]
    // What is no URL at all never reaches the protocol.
    const statuses = await Promise.all(outside.map((name) => statusOf(APP_ORIGIN + name).catch(() => 404)))
    return statuses.every((status) => status === 404) || statuses
  })
  await check('media answers a range with 206 and those bytes', async () => {
    const answer = await net.fetch('ferry-media://proxy/abc', { headers: { range: 'bytes=5-9' } })
    return (answer.status === 206 && (await answer.text()) === 'ferry') || answer.status
  })
  await check('a media address that is no asset is not found', async () => {
    const statuses = await Promise.all(
      ['ferry-media://proxy/..%2fx', 'ferry-media://other/abc'].map((url) => statusOf(url)),
    )
    return statuses.every((status) => status === 404) || statuses
  })
  await check('a page may not fetch media as data', async () =>
    isRefused(await tryIn(page, 'fetch("ferry-media://proxy/abc")')),
  )
}

async function checkNavigation(page: WebContents): Promise<void> {
  await check('a page cannot leave its address', async () => {
    const before = page.getURL()
    await inPage(page, 'location.href = "https://example.com/"; 0')
    await inPage(page, 'location.assign("file:///etc/passwd"); 0').catch(() => {})
    await inPage(page, 'fetch("/index.html").then((a) => a.text())')
    return page.getURL() === before || page.getURL()
  })
  await check('a page opens no window', async () => {
    const opened = await inPage(page, 'String(window.open("https://example.com/"))')
    return opened === 'null' || opened
  })
  await check('permissions are denied', async () => {
    const state = await inPage(page, 'Notification.requestPermission()')
    return state === 'denied' || state
  })
}

async function checkSenders(page: WebContents, preload: string): Promise<void> {
  await check('a page that was admitted is answered', async () => {
    const answer = (await inPage(page, `ferry.call(${frame('echo')})`)) as { ok: boolean }
    return answer.ok || answer
  })
  await check('events reach the page', async () => {
    const got = inPage(page, 'new Promise((done) => ferry.subscribe((frame) => done(frame.name)))')
    const timer = setInterval(
      () => emit({ kind: 'event', v: PROTOCOL_VERSION, name: 'seen', payload: null }),
      50,
    )
    const name = await got
    clearInterval(timer)
    return name === 'seen' || name
  })
  await check('a page that was not admitted is refused, and the router hears nothing', async () => {
    const stranger = createMainWindow({ preload, dataDir: app.getPath('userData') })
    await loadApp(stranger)
    const before = heard.length
    const answer = (await inPage(stranger.webContents, `ferry.call(${frame('stranger')})`)) as {
      ok: boolean
      error?: { code: string }
    }
    stranger.destroy()
    return (!answer.ok && answer.error?.code === 'contract.forbidden' && heard.length === before) || answer
  })
}

interface Keytar {
  setPassword(service: string, account: string, password: string): Promise<void>
  getPassword(service: string, account: string): Promise<string | null>
  deletePassword(service: string, account: string): Promise<boolean>
}

async function checkKeychain(): Promise<void> {
  const name = "keytar's addon loads, stores and reads a secret"
  if (process.env.TEST_KEYRING !== 'throw-away') {
    report({ check: name, unproven: 'there is no throw-away keychain on this machine' })
    return
  }
  await check(name, async () => {
    const keytar = createRequire(path.join(root, 'main.cjs'))('keytar') as Keytar
    await keytar.setPassword('ferry-smoke', 'probe', 'gehëim ✓')
    const read = await keytar.getPassword('ferry-smoke', 'probe')
    await keytar.deletePassword('ferry-smoke', 'probe')
    return read === 'gehëim ✓' || 'read back something else'
  })
}

const linked = '6f1c3c0e-b1d2-11ef-8f0a-0242ac120002'

async function checkSecondStart(handOver: HandOver): Promise<void> {
  await check('a second start hands its files and link over and ends', async () => {
    const args = process.argv.slice(1).filter((argument) => argument.startsWith('--'))
    const files = [path.join(root, 'package.json'), 'with spaces & “quotes”.mov', `ferry://asset/${linked}`]
    const second = spawn(process.execPath, [...args, ...files], { cwd: root, stdio: 'ignore' })
    const code = await new Promise((resolve) => {
      second.on('exit', resolve)
    })
    const handed = handOver.take()
    const expected = [files[0], path.join(root, files[1] ?? '')]
    const isRight = JSON.stringify(handed.paths) === JSON.stringify(expected) && handed.assetId === linked
    return (isRight && code === 0) || { handed, code }
  })
}

async function checkManners(window: BrowserWindow): Promise<void> {
  await check('the tray icon is made, changed and taken away', () => {
    const tray = createTray({ show() {}, pauseAll() {}, resumeAll() {}, quit() {} })
    tray?.update({ text: '2 to upload', command: 'pause' })
    tray?.remove()
    return tray !== null || 'no tray'
  })
  await check('closing leaves the window for later when it may stay in the tray', () => {
    let stays = true
    hideOnClose(window, () => stays)
    window.close()
    const seen = { isDestroyed: window.isDestroyed(), isVisible: window.isVisible() }
    stays = false
    window.show()
    return (!seen.isDestroyed && !seen.isVisible) || seen
  })
  await check('sleep is held off while something moves, and let be afterwards', () => {
    const guard = new SleepGuard()
    guard.set(true)
    const isHeld = powerSaveBlocker.isStarted(0) || powerSaveBlocker.isStarted(1)
    guard.set(false)
    return (isHeld && !powerSaveBlocker.isStarted(0) && !powerSaveBlocker.isStarted(1)) || { isHeld }
  })
  await check('diagnostics find the page sandboxed and its policy narrow', async () => {
    const findings = await checkHardening(window.webContents)
    const isUnsandboxed = app.commandLine.hasSwitch('no-sandbox')
    const expected = isUnsandboxed ? { 'Sandbox and isolation': 'failed' } : { 'Sandbox and isolation': 'ok' }
    const states = Object.fromEntries(findings.map(({ name, state }) => [name, state]))
    const isRight =
      states['Content policy'] === 'ok' &&
      states['Sandbox and isolation'] === expected['Sandbox and isolation']
    return isRight || findings
  })
  await check('start at login is written and taken back', async () => {
    const entry = path.join(app.getPath('appData'), 'autostart', 'ferry.desktop')
    await setStartAtLogin(true)
    const wasThere = fs.existsSync(entry)
    await setStartAtLogin(false)
    return (wasThere && !fs.existsSync(entry)) || { wasThere }
  })
}

async function main(): Promise<void> {
  const handOver = new HandOver([root])
  if (!isOnlyInstance(handOver, () => {})) return
  registerSchemes()
  await app.whenReady()
  lockDown()
  report({
    check: 'versions',
    detail: { electron: process.versions.electron, chrome: process.versions.chrome },
  })
  const preload = path.join(root, 'preload/index.cjs')
  const transport = createElectronTransport(router, isAppUrl)
  quitInOrder(async () => transport.close())
  serveApp(path.join(root, 'renderer'), media, { open: async () => null })
  const window = createMainWindow({ preload, dataDir: app.getPath('userData') })
  transport.admit(window.webContents)
  await loadApp(window)
  await checkWindow(window)
  await checkPolicy(window.webContents)
  await checkProtocol(window.webContents)
  await checkSenders(window.webContents, preload)
  await checkNavigation(window.webContents)
  await checkKeychain()
  await checkSecondStart(handOver)
  await checkManners(window)
  report({ check: 'finished', detail: 'closing the last window' })
  window.close()
}

main().catch((error: unknown) => {
  report({ check: 'the app runs', ok: false, detail: String(error) })
  app.exit(1)
})
