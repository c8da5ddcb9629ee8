import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { FieldView } from '@contract/metadata.ts'
import FieldRow from '@renderer/components/FieldRow.vue'

it.each(['date', 'datetime', 'string', 'boolean'])(
  'says of a %s that several assets have different values',
  (fieldType) => {
    const field = { name: 'shot', label: 'Shot', fieldType, options: [] } as unknown as FieldView
    const row = mount(FieldRow, { props: { field, values: [], problem: '', mixed: true } })
    expect(row.html()).toContain('Several values')
  },
)
