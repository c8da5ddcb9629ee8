import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import MiddleName from '@renderer/components/MiddleName.vue'
import ModalDialog from '@renderer/components/ModalDialog.vue'
import { freshPage, mountOnPage, settle } from '../support/page.ts'

describe('a name that would read as another', () => {
  it('shows what turns it, in its place and its tip', () => {
    const shown = mount(MiddleName, { props: { name: 'a\u202evom.exe' } })
    expect(shown.text()).toBe('a\ufffdvom.exe')
    expect(shown.attributes('title')).toBe('a\ufffdvom.exe')
  })
  it('is read in the direction of its script, in one piece, so that nothing in it changes places', () => {
    const look = (name: string) => {
      const shown = mount(MiddleName, { props: { name } })
      return [shown.attributes('dir'), shown.findAll('span > span').map((part) => part.text())]
    }
    expect(look('שלום עולם, יום שלישי 01.mov')).toEqual(['rtl', ['שלום עולם, יום שלישי 01.mov']])
    expect(look('Interview שלום, part 01.mov')).toEqual(['ltr', ['Interview שלום, part 01.mov']])
    expect(look('A014C006_260322_R1K7.mov')).toEqual(['ltr', ['A014C006_260322', '_R1K7.mov']])
  })
  it('shows it where something is to be confirmed', async () => {
    const { pinia } = freshPage()
    const page = mountOnPage(ModalDialog, pinia, {
      open: true,
      title: 'Delete “a\u202evom.exe”?',
      description: 'a\u202evom.exe goes for good.',
    })
    await settle()
    const dialog = document.querySelector('[role=dialog]')
    expect(dialog?.textContent).toContain('Delete “a\ufffdvom.exe”?')
    expect(dialog?.textContent).not.toContain('\u202e')
    page.unmount()
  })
})
