import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { createOutput } from '@main/cli/output.ts'

const HOSTILE = 'a\u001b[2J\u009b31m\u202egpj\r\ndone  all.mov'
/** What a terminal obeys, and what begins a line that Ferry did not write. */
const OBEYED = /[\p{Cc}\p{Bidi_Control}]/u

function written(isJson: boolean) {
  const texts = { out: '', err: '' }
  const stream = (name: 'out' | 'err') =>
    new Writable({
      write(chunk: Buffer, _, done) {
        texts[name] += chunk.toString()
        done()
      },
    }) as unknown as NodeJS.WriteStream
  return {
    texts,
    output: createOutput(() => isJson, { out: stream('out'), err: stream('err'), end: () => undefined }),
  }
}

it('a file name stays within the line that it stands in', () => {
  const { texts, output } = written(false)
  output.say(`failed  ${HOSTILE}`, 'and one more')
  output.warn(HOSTILE)
  expect(texts.out.split('\n')).toHaveLength(3)
  expect(texts.err.split('\n')).toHaveLength(2)
  expect(texts.out.replaceAll('\n', '')).not.toMatch(OBEYED)
  expect(texts.err.trimEnd()).not.toMatch(OBEYED)
})

it('a line of JSON moves no cursor either, and means the same', () => {
  const { texts, output } = written(true)
  output.event('done', { path: HOSTILE })
  expect(texts.out.trimEnd()).not.toMatch(OBEYED)
  expect(JSON.parse(texts.out)).toEqual({ event: 'done', path: HOSTILE })
})
