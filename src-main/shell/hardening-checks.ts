// What Settings > Diagnostics says about the walls around a page: read from the running app, not from its source.
import { app, net, type WebContents } from 'electron'
import type { DoctorCheck } from '@contract/settings.ts'
import { START_URL } from './content-policy.ts'
import { readFuseWire } from './fuse-wire.ts'

/** Known to Electron since version 12, not in its types. */
interface Preferences {
  sandbox?: boolean
  contextIsolation?: boolean
  nodeIntegration?: boolean
  webSecurity?: boolean
}

const ok = (name: string, finding: string): DoctorCheck => ({ name, state: 'ok', finding, remedy: '' })
const failed = (name: string, finding: string, remedy: string): DoctorCheck => ({
  name,
  state: 'failed',
  finding,
  remedy,
})

/** @param page the page of the main window; null when there is none. Never throws. */
export async function checkHardening(page: WebContents | null): Promise<DoctorCheck[]> {
  const isElectron = process.versions['electron'] !== undefined
  if (!isElectron)
    return [
      {
        name: 'Window',
        state: 'warn',
        finding: 'This is the Chromium host, which cannot prove a sandbox, isolation or fuses.',
        remedy: 'Use it for work on Ferry, not for work with Ferry.',
      },
    ]
  return [...(page ? [checkWindow(page)] : []), await checkPolicy(), await checkFuses()]
}

function checkWindow(page: WebContents): DoctorCheck {
  const name = 'Sandbox and isolation'
  const { getLastWebPreferences } = page as unknown as { getLastWebPreferences?: () => Preferences | null }
  const preferences = getLastWebPreferences?.call(page)
  if (!preferences)
    return { name, state: 'warn', finding: 'This Electron does not tell how a page is run.', remedy: '' }
  const wrong = [
    ...(preferences.sandbox ? [] : ['the page has no sandbox']),
    ...(app.commandLine.hasSwitch('no-sandbox') ? ['Ferry was started with --no-sandbox'] : []),
    ...(preferences.contextIsolation ? [] : ['the bridge is not isolated']),
    ...(preferences.nodeIntegration ? ['the page can use Node'] : []),
    ...(preferences.webSecurity === false ? ['the same-origin rule is off'] : []),
  ]
  return wrong.length === 0
    ? ok(name, 'Pages run in a sandbox, isolated, without Node.')
    : failed(name, `${sentence(wrong)}.`, 'Start Ferry without extra switches, and not as root.')
}

async function checkPolicy(): Promise<DoctorCheck> {
  const name = 'Content policy'
  try {
    const policy = (await net.fetch(START_URL)).headers.get('content-security-policy') ?? ''
    return policy.includes("default-src 'none'") && !/unsafe|https?:|\*/.test(policy)
      ? ok(name, 'Pages load nothing but their own files and media.')
      : failed(
          name,
          `The policy of the pages is too wide: ${policy || 'there is none'}.`,
          'Install Ferry again.',
        )
  } catch (error) {
    return failed(name, `The pages could not be asked for: ${String(error)}.`, 'Install Ferry again.')
  }
}

const FUSES = [
  { at: 0, name: 'Node by environment', wanted: '0' },
  { at: 2, name: 'NODE_OPTIONS', wanted: '0' },
  { at: 3, name: 'inspector switches', wanted: '0' },
  { at: 5, name: 'app only from its archive', wanted: '1' },
] as const

async function checkFuses(): Promise<DoctorCheck> {
  const name = 'Fuses'
  if (!app.isPackaged)
    return { name, state: 'warn', finding: 'A start from the source has no fuses set.', remedy: '' }
  try {
    const wire = await readFuseWire(process.execPath)
    const wrong = FUSES.filter(({ at, wanted }) => wire[at] !== wanted).map((fuse) => fuse.name)
    return wrong.length === 0
      ? ok(name, 'The program cannot be turned into a plain Node.')
      : failed(name, `Not as they should be: ${wrong.join(', ')}.`, 'Install Ferry again.')
  } catch (error) {
    return {
      name,
      state: 'warn',
      finding: `The program's file could not be read: ${String(error)}.`,
      remedy: '',
    }
  }
}

const sentence = (parts: readonly string[]) => {
  const text = parts.join(', ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
