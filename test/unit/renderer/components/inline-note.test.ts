import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import InlineNote from '@renderer/components/InlineNote.vue'

describe('a note', () => {
  it('keeps its title apart from what follows', () => {
    const note = mount(InlineNote, { props: { title: 'No answer.' }, slots: { default: 'Try again.' } })
    expect(note.get('.grow').element.textContent).toBe('No answer. Try again.')
  })
})
