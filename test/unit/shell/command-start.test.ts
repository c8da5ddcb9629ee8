import { describe, expect, it } from 'vitest'
import { takeCommandArguments } from '@main/shell/command-start.ts'

describe('how the program was started', () => {
  it.each([
    ['the app', {}, ['/opt/Ferry/ferry-desktop', 'ferry://asset/1'], null],
    ['the app, for whatever a link says', {}, ['app', '--', 'upload', '/'], null],
    ['the app, by a variable of another meaning', { FERRY_RUN: '1' }, ['app', '--', 'upload'], null],
    [
      'the command',
      { FERRY_RUN: 'command' },
      ['app', '--no-sandbox', '--', 'upload', '--json', '--', '-x.mov'],
      ['upload', '--json', '--', '-x.mov'],
    ],
    ['the command without arguments', { FERRY_RUN: 'command' }, ['app', '--no-sandbox', '--'], []],
    ['the command, told nothing', { FERRY_RUN: 'command' }, ['app', 'upload'], []],
  ])('%s', (_name, given, argv, expected) => {
    const env = { PATH: '/bin', ...given }
    expect(takeCommandArguments(env, argv)).toEqual(expected)
    expect(env).toEqual({ PATH: '/bin' })
  })
})
