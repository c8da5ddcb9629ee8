import { describe, expect, it } from 'vitest'
import type { SecretStore } from '@main/ports/secret-store.ts'

/** What every store of secrets promises. `create` returns one whose accounts of the given prefix are unused. */
export function describeSecretStore(
  name: string,
  create: () => Promise<{ store: SecretStore; prefix: string }>,
): void {
  describe(`secret store: ${name}`, () => {
    it('gives back what was put in, and null for what was not', async () => {
      const { store, prefix } = await create()
      expect(await store.get(`${prefix}a`)).toBeNull()
      await store.set(`${prefix}a`, 'token ✓ ä')
      await store.set(`${prefix}b`, 'other')
      expect(await store.get(`${prefix}a`)).toBe('token ✓ ä')
      expect(await store.get(`${prefix}b`)).toBe('other')
      await store.delete(`${prefix}a`)
      await store.delete(`${prefix}b`)
      expect(await store.get(`${prefix}a`)).toBeNull()
    })

    it('replaces a long secret by a short one and back', async () => {
      const { store, prefix } = await create()
      const long = 'eyJhbGciOi.'.repeat(600)
      for (const secret of [long, 'short', long, '7:looks like a count']) {
        await store.set(`${prefix}c`, secret)
        expect(await store.get(`${prefix}c`)).toBe(secret)
      }
      await store.delete(`${prefix}c`)
      expect(await store.get(`${prefix}c`)).toBeNull()
    })

    it('keeps the last of writes that overlap', async () => {
      const { store, prefix } = await create()
      const secrets = ['x'.repeat(5000), 'y', 'z'.repeat(3000)]
      await Promise.all(secrets.map((secret) => store.set(`${prefix}d`, secret)))
      expect(await store.get(`${prefix}d`)).toBe(secrets.at(-1))
      await store.delete(`${prefix}d`)
    })

    it('deletes what is not there without complaint', async () => {
      const { store, prefix } = await create()
      await expect(store.delete(`${prefix}nothing`)).resolves.toBeUndefined()
    })

    it('says that it can be used, and by what name', async () => {
      const { store } = await create()
      const state = await store.state()
      expect(state).toMatchObject({ available: true, reason: null })
      expect(state.backend).not.toBe('')
    })
  })
}
