import type * as keytar from 'keytar'
import { describe, expect, it } from 'vitest'
import { KeychainSecretStore } from '@main/adapters/node/keychain-secret-store.ts'
import { describeSecretStore } from '@test/suites/secret-store.ts'

const hasKeychain = process.env['TEST_KEYRING'] === 'throw-away'

if (hasKeychain) {
  describeSecretStore('keychain of this session', async () => ({
    store: new KeychainSecretStore({ service: 'Ferry test' }),
    prefix: `${process.pid} `,
  }))
} else {
  it('secret store: keychain of this session', (context) => {
    context.skip('there is no throw-away keychain; run it by tools/start/with-keyring.mjs')
    expect.unreachable()
  })
}

describe('a keychain that cannot be used', () => {
  const failing = (message: string) =>
    new KeychainSecretStore({ load: () => Promise.reject(new Error(message)), timeoutMs: 50 })

  it.each([
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', /D-Bus session/],
    ['libsecret-1.so.0: cannot open shared object file', /libsecret-1-0 is not installed/],
    ['Object does not exist at path “/org/freedesktop/secrets/collection/login”', /locked/],
  ])('says why, in words: %s', async (message, reason) => {
    const state = await failing(message).state()
    expect(state.available).toBe(false)
    expect(state.reason).toMatch(reason)
    await expect(failing(message).get('a')).rejects.toMatchObject({ code: 'auth.keychain-unavailable' })
  })

  it('gives up on one that never answers', async () => {
    const never = { getPassword: () => new Promise(() => {}) } as unknown as typeof keytar
    const store = new KeychainSecretStore({ load: async () => never, timeoutMs: 50 })
    await expect(store.get('a')).rejects.toMatchObject({ code: 'auth.keychain-unavailable' })
  })

  it('does not call a secret saved that reads back as another', async () => {
    const liar = {
      getPassword: async () => '1:something else',
      setPassword: async () => {},
      deletePassword: async () => true,
    } as unknown as typeof keytar
    const store = new KeychainSecretStore({ load: async () => liar })
    await expect(store.set('a', 'secret')).rejects.toMatchObject({ code: 'auth.keychain-unavailable' })
  })

  it('removes the parts of a write that was cut off before its first part', async () => {
    const entries = new Map([
      ['a (2)', 'of a secret'],
      ['a (3)', 'of a secret'],
      ['b', '1:other'],
    ])
    const memory = {
      getPassword: async (_: string, account: string) => entries.get(account) ?? null,
      setPassword: async (_: string, account: string, text: string) => void entries.set(account, text),
      deletePassword: async (_: string, account: string) => entries.delete(account),
    } as unknown as typeof keytar
    await new KeychainSecretStore({ load: async () => memory }).delete('a')
    expect([...entries.keys()]).toEqual(['b'])
  })
})
