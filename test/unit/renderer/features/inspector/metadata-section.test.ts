import { afterEach, describe, expect, it } from 'vitest'
import MetadataSection from '@renderer/features/inspector/MetadataSection.vue'
import { useAccounts } from '@renderer/stores/accounts.ts'
import { useAssetList } from '@renderer/stores/asset-list.ts'
import { useInspection } from '@renderer/stores/inspection.ts'
import { useSelection } from '@renderer/stores/selection.ts'
import { useUndo } from '@renderer/stores/undo.ts'
import { useViews } from '@renderer/stores/views.ts'
import { FakeFailure } from '@test/support/fake-main/bridge.ts'
import { freshPage, mountOnPage, settle } from '../../support/page.ts'

let unmount = () => {}
afterEach(() => unmount())

async function openForm(options: Parameters<typeof freshPage>[0] = {}) {
  const { main, pinia } = freshPage({ assets: 20, ...options })
  await useAccounts().start()
  const list = useAssetList()
  list.start()
  await settle()
  const selection = useSelection()
  selection.only(0)
  await useViews().start()
  const page = mountOnPage(MetadataSection, pinia)
  unmount = () => page.unmount()
  await settle()
  const input = (name: string) => page.get(`[data-field="${name}"]`)
  const edits = () => main.calls.filter((call) => call.method === 'metadata.edit').map((call) => call.input)
  const save = async () => {
    await page.get('form').trigger('submit')
    await settle()
  }
  return { page, main, selection, input, edits, save }
}

describe('the metadata form', () => {
  it('has a control for every field, and none for what is read only', async () => {
    const { page } = await openForm()
    const names = page.findAll('[data-field]').map((control) => control.attributes('data-field'))
    expect(names).toEqual([
      'scene',
      'take',
      'shoot_date',
      'camera',
      'frame_rate',
      'keywords',
      'circled',
      'notes',
      'released',
      'link',
      'contact',
      'lenses',
    ])
    expect(page.text()).toContain('A014R1K7')
  })
  it('shows nothing to save until something was changed, and again nothing when it was changed back', async () => {
    const { page, input } = await openForm()
    expect(page.text()).not.toContain('Save')
    await input('scene').setValue('42D')
    expect(page.text()).toContain('1 change')
    await input('scene').setValue('42C')
    expect(page.text()).not.toContain('Save')
  })
  it('takes the focus when it is asked to edit, at once or when the values have come', async () => {
    const { input, selection } = await openForm()
    const inspection = useInspection()
    inspection.edit()
    await settle()
    expect(document.activeElement).toBe(input('scene').element)
    ;(document.activeElement as HTMLElement).blur()

    selection.only(1)
    inspection.edit()
    await settle()
    expect(document.activeElement).toBe(input('scene').element)
    ;(document.activeElement as HTMLElement).blur()

    // Once was asked for: what is chosen later does not take it again.
    selection.only(2)
    await settle()
    expect(document.activeElement).toBe(document.body)
  })
  it('is opened and takes the focus where its section was closed', async () => {
    const { page, input } = await openForm()
    await page.get('#inspector-metadata').trigger('click')
    expect(page.findAll('[data-field]')).toEqual([])
    useInspection().edit()
    await settle()
    expect(document.activeElement).toBe(input('scene').element)
  })
  it('sends only what was changed, with what the form was opened with', async () => {
    const { input, save, edits, selection } = await openForm()
    await input('scene').setValue('42D')
    await save()
    expect(edits()).toEqual([
      {
        assetIds: [selection.current?.id],
        viewId: expect.any(String),
        changes: { scene: { mode: 'overwrite', values: ['42D'] } },
        base: { scene: ['42C'] },
      },
    ])
  })
  it('explains what is wrong at the field, takes the focus there, and sends nothing', async () => {
    const { page, input, save, edits } = await openForm()
    await input('frame_rate').setValue('240')
    await save()
    expect(page.text()).toContain('Enter 120 or less.')
    expect(input('frame_rate').attributes('aria-invalid')).toBe('true')
    expect(document.activeElement).toBe(input('frame_rate').element)
    expect(edits()).toEqual([])
  })
  it('wants required fields', async () => {
    const { page, input, save, edits } = await openForm()
    await input('scene').setValue('')
    await save()
    expect(page.text()).toContain('Enter a value.')
    expect(edits()).toEqual([])
  })
  it('keeps what was typed while another asset is looked at', async () => {
    const { input, selection, page } = await openForm()
    await input('notes').setValue('boom shadow')
    selection.only(1)
    await settle()
    expect((input('notes').element as HTMLTextAreaElement).value).toBe('')
    selection.only(0)
    await settle()
    expect((input('notes').element as HTMLTextAreaElement).value).toBe('boom shadow')
    expect(page.text()).toContain('1 change')
  })
  it('shows the server’s own objections at their fields and keeps what was typed', async () => {
    const refusal = new FakeFailure('api.invalid', 'Scene is taken.', {
      fields: { scene: ['Scene is taken.'] },
    })
    const { page, input, save } = await openForm({
      handlers: { 'metadata.edit': () => Promise.reject(refusal) },
    })
    await input('scene').setValue('1A')
    await save()
    expect(page.findAll('.problem').map((problem) => problem.text())).toEqual(['Scene is taken.'])
    expect((input('scene').element as HTMLInputElement).value).toBe('1A')
  })
  it('shows a conflict field by field and lets a person decide', async () => {
    const { page, main } = await openForm({ conflicts: true })
    expect(page.text()).toContain('Keywords changed on the server since you opened it')
    await page
      .findAll('button')
      .find((button) => button.text() === 'Take theirs')
      ?.trigger('click')
    await settle()
    expect(main.calls.find((call) => call.method === 'metadata.resolveConflict')?.input).toMatchObject({
      field: 'keywords',
      keep: 'theirs',
    })
    expect(page.text()).not.toContain('changed on the server')
  })
  it('leaves values that differ between assets alone', async () => {
    const { page, input, selection, edits, save } = await openForm()
    await input('scene').setValue('7')
    await save()
    selection.only(1)
    await selection.extendTo(2)
    selection.toggle(0)
    await settle()
    expect(selection.count).toBe(3)
    expect(input('scene').attributes('placeholder')).toBe('Several values')
    await input('take').setValue('4')
    await save()
    expect(edits().at(-1)).toMatchObject({ changes: { take: { mode: 'overwrite', values: ['4'] } } })
    expect((edits().at(-1) as { assetIds: string[]; changes: object }).assetIds).toHaveLength(3)
    expect(Object.keys((edits().at(-1) as { changes: object }).changes)).toEqual(['take'])
    expect(page.text()).not.toContain('Enter a value.')
  })
})

describe('the form of many assets', () => {
  async function openMany() {
    const opened = await openForm()
    opened.selection.only(0)
    await opened.selection.extendTo(2)
    await settle()
    return opened
  }
  const press = async (page: Awaited<ReturnType<typeof openForm>>['page'], text: string, at = 0) => {
    await page
      .findAll('button')
      .filter((button) => button.text() === text)
      .at(at)
      ?.trigger('click')
    await settle()
  }
  it('empties a field in all of them only when that was asked for', async () => {
    const { page, save, edits } = await openMany()
    await press(page, 'Clear in all')
    expect(page.text()).toContain('Emptied in all 3 assets when saved.')
    await save()
    expect(edits().at(-1)).toMatchObject({ changes: { take: { mode: 'overwrite', values: [] } } })
  })
  it('offers to undo what was saved, by one call for all', async () => {
    const { main, save, input } = await openMany()
    await input('notes').setValue('for all')
    await save()
    await useUndo().undo()
    expect(main.calls.filter((call) => call.method === 'edits.undo').map((call) => call.input)).toEqual([
      { id: 5, accountId: 'halden' },
    ])
  })
})
