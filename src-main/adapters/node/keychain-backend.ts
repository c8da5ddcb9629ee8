import { readdirSync, readFileSync } from 'node:fs'

const services: Record<string, string> = {
  'gnome-keyring-d': 'GNOME Keyring (Secret Service)',
  kwalletd5: 'KWallet (Secret Service)',
  kwalletd6: 'KWallet (Secret Service)',
  keepassxc: 'KeePassXC (Secret Service)',
}

// The names of the user's processes tell which program answers as the Secret Service.
function runningService(): string | undefined {
  try {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const name = readComm(pid)
      if (name !== undefined && services[name]) return services[name]
    }
  } catch {
    // A system without /proc does not tell.
  }
  return undefined
}

function readComm(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** The system's keychain, as its user knows it. */
export function keychainBackend(platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return 'macOS Keychain'
  if (platform === 'win32') return 'Windows Credential Manager'
  return runningService() ?? 'Secret Service'
}

/** Why the keychain cannot be used, in plain words without a full stop, from what keytar or its library said. */
export function keychainReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  if (/libsecret/i.test(text)) return 'The system library libsecret-1-0 is not installed'
  if (/autolaunch|dbus|d-bus|given address is empty/i.test(text))
    return 'There is no D-Bus session to reach a keychain by'
  if (/ServiceUnknown|not provided by any/i.test(text)) return 'No keychain is running in this session'
  if (/collection\/login|no result found|locked|dismissed|cancel/i.test(text))
    return 'The keychain is locked, or it has no keyring yet'
  if (/did not answer/.test(text)) return text
  return `The keychain refused: ${text}`
}
