import { expect, it } from 'vitest'
import { takeFerryEnvironment } from '@main/adapters/node/ferry-environment.ts'

it('leaves nothing of FERRY_* for helper processes, and everything else', () => {
  const env = { PATH: '/bin', FERRY_AUTH_TOKEN: 'token', FERRY_URL: 'https://x', MY_FERRY_X: 'stays' }
  expect(takeFerryEnvironment(env)).toEqual({ AUTH_TOKEN: 'token', URL: 'https://x' })
  expect(env).toEqual({ PATH: '/bin', MY_FERRY_X: 'stays' })
})
