import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { FieldView } from '@contract/metadata.ts'
import TemplateForm from '@renderer/components/TemplateForm.vue'

const divider = (label: string) => ({ name: '__separator__', label, isSeparator: true }) as FieldView

it('draws a divider as a line, with a heading above the fields only where it has one', () => {
  const fields = [divider('__separator__'), divider('Camera')]
  const form = mount(TemplateForm, { props: { fields, values: {}, errors: {} } })
  expect(form.text()).toBe('Camera')
  expect(form.findAll('hr')).toHaveLength(1)
})
