import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
// @ts-expect-error plain JavaScript, since it has to run before anything is installed
import { missingPackages } from '../../../tools/start/system-packages.mjs'

// Keychains as they go wrong on people's machines, each a real Secret Service (or its absence) on a bus of its own.

const missing = missingPackages(['dbus', 'gnome-keyring', 'libsecret-1-0']) as string[]
const canRun = process.platform === 'linux' && missing.length === 0
const child = path.join(import.meta.dirname, '../../support/keychain-child.ts')
const secret = 'the token of an account, 1234567890'

interface Outcome {
  state: { available: boolean; reason: string | null }
  got: unknown
}

let root: string
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'keychain-states-'))
  // A bus that starts no service by itself, so that what is not started is not there.
  const config = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=${root}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`
  fs.writeFileSync(path.join(root, 'bus.conf'), config)
})
afterAll(() => fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 }))

/** Folders of one person; the same name again is the same person later. */
function homeOf(person: string): Record<string, string> {
  const make = (name: string) => {
    const folder = path.join(root, person, name)
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    return folder
  }
  return {
    XDG_DATA_HOME: make('data'),
    XDG_CONFIG_HOME: make('config'),
    XDG_RUNTIME_DIR: fs.mkdtempSync(path.join(root, 'run-')),
  }
}

const start = 'gnome-keyring-daemon --components=secrets'
const sessions = {
  unlocked: `printf "\\n" | ${start} --unlock >/dev/null 2>&1 && exec "$@"`,
  otherPassword: `printf "another\\n" | ${start} --unlock >/dev/null 2>&1; exec "$@"`,
  locked: `${start} --start >/dev/null 2>&1; exec "$@"`,
  noKeychain: 'exec "$@"',
}

async function run(
  session: keyof typeof sessions | 'noBus',
  person: string,
  task: 'keep' | 'read' | 'remove',
): Promise<Outcome> {
  const command = [process.execPath, '--experimental-strip-types', '--no-warnings', child, task, secret]
  const args = ['--config-file', path.join(root, 'bus.conf'), '--', 'sh', '-c']
  const [program, ...rest] =
    session === 'noBus' ? command : ['dbus-run-session', ...args, sessions[session], 'sh', ...command]
  const { DISPLAY: _display, DBUS_SESSION_BUS_ADDRESS: _bus, ...env } = process.env
  const started = spawn(program ?? '', rest, {
    env: { ...env, ...homeOf(person), ...(session === 'noBus' ? { DBUS_SESSION_BUS_ADDRESS: '' } : {}) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let errors = ''
  started.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  started.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  await new Promise((resolve) => {
    started.on('close', resolve)
  })
  const line = out.split('\n').find((text) => text.startsWith('{'))
  if (!line) throw new Error(`the child said nothing: ${errors}`)
  return JSON.parse(line) as Outcome
}

const refusal = { code: 'auth.keychain-unavailable', message: expect.any(String) as string }

if (canRun)
  describe('a keychain', () => {
    it('that works keeps a token from one session to the next', async () => {
      const kept = await run('unlocked', 'mara', 'keep')
      expect([kept.state.available, kept.got]).toEqual([true, null])
      expect((await run('unlocked', 'mara', 'read')).got).toBe(secret)
    })

    it('of another person does not have the token, and says no more than that', async () => {
      await run('unlocked', 'nils', 'keep')
      const other = await run('unlocked', 'olga', 'read')
      expect([other.state.available, other.got]).toEqual([true, null])
    })

    it('that stays locked is named as locked, for reading, keeping and removing', async () => {
      await run('unlocked', 'pia', 'keep')
      for (const session of ['locked', 'otherPassword'] as const)
        for (const task of ['read', 'keep', 'remove'] as const) {
          const { state, got } = await run(session, 'pia', task)
          expect([session, task, state.available, got]).toEqual([session, task, false, refusal])
          expect(state.reason).toMatch(/locked|did not answer/)
        }
      // Nothing was lost by trying.
      expect((await run('unlocked', 'pia', 'read')).got).toBe(secret)
      expect((await run('unlocked', 'pia', 'remove')).got).toBeNull()
      expect((await run('unlocked', 'pia', 'read')).got).toBeNull()
    })

    it('that is not running, or has no bus to be reached by, is named as that', async () => {
      const none = await run('noKeychain', 'rolf', 'keep')
      expect([none.state.available, none.got]).toEqual([false, refusal])
      expect(none.state.reason).toMatch(/No keychain is running/)
      const noBus = await run('noBus', 'rolf', 'keep')
      expect([noBus.state.available, noBus.got]).toEqual([false, refusal])
      expect(noBus.state.reason).toMatch(/D-Bus session/)
    })
  })
else
  it('a keychain', (context) => {
    context.skip(`there is no Secret Service to test with; missing: ${missing.join(', ') || 'Linux'}`)
    expect.unreachable()
  })
