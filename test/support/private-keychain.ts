import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

const START_MS = 15_000

/** A session bus of its own, on which a keychain can come and go while an app runs. Linux with gnome-keyring only. */
export class PrivateKeychain {
  /** What a process needs to reach it. */
  readonly env: Record<string, string>
  readonly #folder: string
  readonly #address: string
  readonly #bus: ChildProcess
  #daemon: ChildProcess | null = null

  private constructor(folder: string, bus: ChildProcess, address: string) {
    this.#folder = folder
    this.#address = address
    this.#bus = bus
    this.env = { DBUS_SESSION_BUS_ADDRESS: address, DISPLAY: '' }
  }

  static async open(folder: string): Promise<PrivateKeychain> {
    // A bus that starts no service by itself, so that what is not started is not there.
    const config = path.join(folder, 'bus.conf')
    fs.writeFileSync(
      config,
      `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=${folder}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
    )
    const bus = spawn('dbus-daemon', ['--config-file', config, '--nofork', '--print-address=1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    for await (const address of createInterface({ input: bus.stdout }))
      return new PrivateKeychain(folder, bus, address)
    throw new Error('there is no session bus')
  }

  /** Starts the keychain of a person, unlocked. */
  async start(person: string): Promise<void> {
    const make = (name: string) => {
      const made = path.join(this.#folder, person, name)
      fs.mkdirSync(made, { recursive: true, mode: 0o700 })
      return made
    }
    const env = {
      ...process.env,
      ...this.env,
      XDG_DATA_HOME: make('data'),
      XDG_CONFIG_HOME: make('config'),
      XDG_RUNTIME_DIR: make('runtime'),
    }
    const args = ['--foreground', '--unlock', '--components=secrets']
    const daemon = spawn('gnome-keyring-daemon', args, { env, stdio: ['pipe', 'ignore', 'ignore'] })
    daemon.stdin.end('\n')
    this.#daemon = daemon
    const lastMs = Date.now() + START_MS
    while (!this.#isThere()) {
      if (daemon.exitCode !== null || Date.now() > lastMs) throw new Error('the keychain did not start')
      await sleep(50)
    }
  }

  #isThere(): boolean {
    const ask = ['org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets']
    const { stdout } = spawnSync('dbus-send', [
      `--bus=${this.#address}`,
      '--print-reply=literal',
      '--dest=org.freedesktop.DBus',
      '/org/freedesktop/DBus',
      ...ask,
    ])
    return stdout.toString().includes('true')
  }

  /** The keychain ends, as when a session loses it. */
  async stop(): Promise<void> {
    const daemon = this.#daemon
    this.#daemon = null
    if (!daemon || daemon.exitCode !== null) return
    const ended = new Promise((resolve) => {
      daemon.once('exit', resolve)
    })
    daemon.kill('SIGTERM')
    await ended
  }

  async close(): Promise<void> {
    await this.stop()
    this.#bus.kill()
  }
}
