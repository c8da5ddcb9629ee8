import { expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { useLibrary } from '@renderer/stores/library.ts'
import { useTotals } from '@renderer/stores/totals.ts'
import { freshPage, settle } from '../support/page.ts'

it('shows no sums of before beside another count, and reads them again', { timeout: 30_000 }, async () => {
  freshPage({ assets: 20 })
  const library = useLibrary()
  await library.start()
  await settle()
  const scope = effectScope()
  const count = ref(20)
  const totals = scope.run(() =>
    useTotals(
      () => ({ query: library.query }),
      () => count.value,
    ),
  )!
  const known = () => vi.waitFor(() => expect(totals.value).not.toBeNull(), { timeout: 10_000 })
  await known()
  count.value = 19
  await nextTick()
  expect(totals.value).toBeNull()
  await known()
  scope.stop()
})
