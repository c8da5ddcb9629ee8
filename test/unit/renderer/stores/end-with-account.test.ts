import { getActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { CollectionId } from '@contract/ids.ts'
import { useAccounts } from '@renderer/stores/accounts.ts'
import { useAssetList } from '@renderer/stores/asset-list.ts'
import { atCollection, useLibrary } from '@renderer/stores/library.ts'
import { useNavigation } from '@renderer/stores/navigation.ts'
import { usePlans } from '@renderer/stores/plans.ts'
import { useSelection } from '@renderer/stores/selection.ts'
import { useSettings } from '@renderer/stores/settings.ts'
import { useToasts } from '@renderer/stores/toasts.ts'
import { undoableEdit } from '@renderer/stores/undoable-edit.ts'
import { useUndo } from '@renderer/stores/undo.ts'
import { useUploads } from '@renderer/stores/uploads.ts'
import { freshPage, settle } from '../support/page.ts'

const DAY_1 = CollectionId.parse('00000000-0000-4000-8000-00000000c001')

async function signedIn() {
  const page = freshPage({ assets: 500 })
  const accounts = useAccounts()
  await accounts.start()
  const other = accounts.state?.known.find(({ id }) => id !== accounts.current?.id)
  return {
    ...page,
    accounts,
    switchAccount: () => accounts.switchTo(other!.id),
    called: (method: string) => page.main.calls.filter((call) => call.method === method),
  }
}

describe('when another account is in use', () => {
  it('takes nothing back that was done in the one before', async () => {
    const { switchAccount, called } = await signedIn()
    const edit = { label: 'Put it back', done: 'In the trash' }
    await undoableEdit(
      async () => ({ editId: 5 }),
      edit,
      () => undefined,
    )
    const [note] = useToasts().shown
    await switchAccount()
    expect([useUndo().latest, useToasts().shown]).toEqual([null, []])
    await useUndo().undo()
    note?.action?.run()
    await settle()
    // A note that was pressed as it left still names its own account, and main refuses it.
    expect(called('edits.undo').map(({ input }) => input)).toEqual([{ id: 5, accountId: 'halden' }])
  })

  it('shows nothing of the one before, and reads anew', async () => {
    const { switchAccount, called } = await signedIn()
    await useLibrary().start()
    useAssetList().start()
    useNavigation().go('library', atCollection(DAY_1))
    await settle()
    useSelection().only(3)
    expect([useAssetList().total, useSelection().count]).toEqual([100, 1])
    const before = called('assets.query').length
    await switchAccount()
    expect(useNavigation().place).toEqual({ section: 'library', at: '' })
    expect([useAssetList().total, useAssetList().rowAt(0), useAssetList().loadedOnce]).toEqual([
      0,
      undefined,
      false,
    ])
    expect(useSelection().count).toBe(0)
    expect(useLibrary().state).toBeNull()
    useAssetList().start()
    await settle()
    expect(useAssetList().total).toBe(500)
    expect(
      called('assets.query')
        .slice(before)
        .map(({ input }) => input),
    ).toMatchObject([{ query: { collectionId: null } }])
  })

  it('gives up the plan that is open, and what waited behind it', async () => {
    const { switchAccount, called } = await signedIn()
    const plans = usePlans()
    await plans.open(['/clips'])
    await plans.open(['/more'])
    const id = plans.plan?.id
    expect(id).toBeTruthy()
    await switchAccount()
    await settle()
    expect(usePlans().isOpen).toBe(false)
    expect(called('uploads.discard').map(({ input }) => input)).toEqual([{ id }])
    expect(called('uploads.plan')).toHaveLength(1)
  })

  it('gives up a plan that is only being opened', async () => {
    const { switchAccount, called } = await signedIn()
    const opening = usePlans().open(['/clips'])
    await switchAccount()
    await opening
    await settle()
    expect(called('uploads.discard')).toHaveLength(1)
  })

  it('leaves nobody behind who hears of the queue or the library', async () => {
    const { switchAccount, called, main } = await signedIn()
    await useLibrary().start()
    useAssetList().start()
    useUploads()
    await settle()
    await switchAccount()
    await settle()
    const before = main.calls.length
    main.emit('accounts.changed', { ...useAccounts().state! })
    main.emit('metadata.changed', { assetIds: null })
    main.emit('collections.changed', {})
    await settle()
    expect(main.calls.slice(before)).toEqual([])
    expect(called('uploads.summary').length).toBeGreaterThan(0)
  })

  it('forgets too when nobody is signed in any more', async () => {
    const { accounts } = await signedIn()
    useUndo().push({ label: 'Put it back', undo: async () => undefined })
    await accounts.signOut(accounts.current!.id)
    await settle()
    expect(useUndo().latest).toBeNull()
  })

  it('keeps what belongs to the window', async () => {
    const { switchAccount } = await signedIn()
    const settings = useSettings()
    await settings.start()
    settings.remember('sidebar.width', 300)
    await switchAccount()
    expect(useSettings().remembered('sidebar.width', 0)).toBe(300)
    expect(Object.keys(getActivePinia()?.state.value ?? {}).sort()).toEqual(['accounts', 'settings'])
  })
})
