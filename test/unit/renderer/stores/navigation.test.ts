import { beforeEach, describe, expect, it } from 'vitest'
import { mirror } from '@renderer/stores/mirror.ts'
import { useNavigation } from '@renderer/stores/navigation.ts'
import { useUndo } from '@renderer/stores/undo.ts'
import { freshPage } from '../support/page.ts'

beforeEach(() => void freshPage())

describe('navigation', () => {
  it('goes back and forward, and a new way ends the old one', () => {
    const navigation = useNavigation()
    navigation.go('library', 'trash')
    navigation.go('uploads')
    navigation.back()
    expect(navigation.place).toEqual({ section: 'library', at: 'trash' })
    navigation.forward()
    expect(navigation.section).toBe('uploads')
    navigation.back()
    navigation.go('jobs')
    expect(navigation.canGoForward).toBe(false)
    navigation.back()
    navigation.back()
    expect(navigation.place).toEqual({ section: 'library', at: '' })
    expect(navigation.canGoBack).toBe(false)
  })
  it('returns to where one was in a section', () => {
    const navigation = useNavigation()
    navigation.go('library', 'recent')
    navigation.go('jobs')
    navigation.go('library')
    expect(navigation.at).toBe('recent')
  })
})

describe('a mirror', () => {
  it('lets a change that arrives while it asks win over the answer', async () => {
    let answer: (state: string) => void = () => undefined
    let change: (state: string) => void = () => undefined
    const { state, start } = mirror<string>({
      fetch: () => new Promise((resolve) => (answer = resolve)),
      listen: (apply) => {
        change = apply
        return () => undefined
      },
    })
    const started = start()
    change('newer')
    answer('older')
    await started
    expect(state.value).toBe('newer')
  })
  it('keeps its last state when asking fails, and says why', async () => {
    let fails = false
    const { state, error, start } = mirror<string>({
      fetch: () => (fails ? Promise.reject(new Error('gone')) : Promise.resolve('here')),
      listen: () => () => undefined,
    })
    await start()
    fails = true
    await start()
    expect(state.value).toBe('here')
    expect(error.value?.message).toBe('gone')
  })
})

describe('undo', () => {
  it('takes back the latest, once', async () => {
    const undo = useUndo()
    const done: string[] = []
    for (const label of ['first', 'second'])
      undo.push({
        label,
        undo: async () => {
          done.push(label)
        },
      })
    const step = undo.latest
    await undo.undo(step ?? undefined)
    await undo.undo(step ?? undefined)
    await undo.undo()
    await undo.undo()
    expect(done).toEqual(['second', 'first'])
  })
})
