import { mount } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import { defineComponent, h, nextTick, ref } from 'vue'
import { useKeptFocus } from '@renderer/composables/kept-focus.ts'
import { settle } from '../support/page.ts'

let unmount = () => {}
afterEach(() => unmount())

/** A list with a row whose button goes away, as Retry does, or with the whole row. */
function list() {
  const left = ref<'all' | 'row' | 'none'>('all')
  const button = (id: string) => h('button', { id, key: id })
  const Page = defineComponent({
    setup() {
      useKeptFocus()
      return () =>
        h('main', { 'data-region': 'sheet' }, [
          button('head'),
          left.value === 'none'
            ? null
            : h('ul', { key: 'rows' }, [
                h('li', { key: 1 }, [button('first')]),
                left.value === 'all'
                  ? h('li', { key: 2 }, [button('retry'), button('more')])
                  : h('li', { key: 2 }, [button('more')]),
              ]),
          h('div', { id: 'list', key: 'list', tabindex: 0, 'data-first-stop': '' }),
        ])
    },
  })
  const page = mount(Page, { attachTo: document.body })
  unmount = () => page.unmount()
  return { left, focus: (id: string) => document.getElementById(id)!.focus() }
}
const now = async () => {
  await nextTick()
  await settle()
  return document.activeElement?.id
}

it('stays in the row whose button went away, or goes to what is left around it', async () => {
  const { left, focus } = list()
  focus('retry')
  left.value = 'row'
  expect(await now()).toBe('more')
  left.value = 'none'
  expect(await now()).toBe('list')
})

it('is not taken back by what goes away after a press beside it', async () => {
  const { left, focus } = list()
  focus('retry')
  document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }))
  ;(document.activeElement as HTMLElement).blur()
  left.value = 'row'
  expect(await now()).toBe('')
})
