// Puts a fake main under the page, for looking at it in an ordinary browser. Options come from the address.
import { fakeMain, type FakeMainOptions } from './index.ts'

const asked = new URLSearchParams(location.search)
const flag = (name: string) => (asked.has(name) ? asked.get(name) !== '0' : undefined)
const options: FakeMainOptions = {
  planFactor: Number(asked.get('planFactor') ?? 1),
  uploads: Number(asked.get('uploads') ?? 214),
  assets: Number(asked.get('assets') ?? 48_216),
  theme: (asked.get('theme') ?? 'dark') as 'dark' | 'light' | 'system',
  view: (asked.get('view') ?? 'grid') as 'grid' | 'table',
  group: asked.get('group') ?? '',
  signedIn: flag('signedIn') ?? true,
  isLocal: flag('local') ?? false,
  keychain: flag('keychain') ?? true,
  conflicts: flag('conflicts') ?? false,
  delayMs: Number(asked.get('delay') ?? 20),
}
Object.assign(window, { ferry: fakeMain(options) })
