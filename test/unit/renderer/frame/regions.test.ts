import { afterEach, beforeEach, expect, it } from 'vitest'
import { focusRegion } from '@renderer/composables/regions.ts'

beforeEach(() => {
  document.body.innerHTML = `
    <nav data-region="rail"><button id="rail"></button></nav>
    <main data-region="sheet">
      <button id="list"></button>
      <aside data-region="inspector"><button id="inspector" aria-selected="true"></button></aside>
    </main>
    <footer data-region="status"><button id="status"></button></footer>`
})
afterEach(() => {
  document.body.innerHTML = ''
})

it('goes through all regions and around, in and out of one that lies in another', () => {
  const walk = (step: 1 | -1) =>
    Array.from({ length: 5 }, () => {
      focusRegion(step)
      return document.activeElement?.id
    })
  document.getElementById('rail')?.focus()
  expect(walk(1)).toEqual(['list', 'inspector', 'status', 'rail', 'list'])
  expect(walk(-1)).toEqual(['rail', 'status', 'inspector', 'list', 'rail'])
})
