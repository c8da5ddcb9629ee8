import { MemorySecretStore } from '@main/adapters/memory/memory-secret-store.ts'
import { describeSecretStore } from '@test/suites/secret-store.ts'

describeSecretStore('memory', async () => ({ store: new MemorySecretStore(), prefix: '' }))
