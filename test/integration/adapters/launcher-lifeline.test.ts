import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'

const childScript = path.join(import.meta.dirname, '../../support/lifeline-child.ts')

function start(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [childScript], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, ...env },
  })
}
const firstLine = async (child: ChildProcess) => String((await once(child.stdout!, 'data'))[0]).trim()
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

it('the child ends when the pipe of its launcher closes', async () => {
  const child = start({ FERRY_LAUNCHER_FD: '3' })
  await firstLine(child)
  const ended = once(child, 'exit')
  child.stdio[3]!.destroy()
  expect((await ended)[0]).toBe(9)
})

it('the child ends when its launcher is killed outright', async () => {
  const launcher = spawn(
    process.execPath,
    [
      '-e',
      `const child = require('node:child_process').spawn(process.execPath, [process.argv[1]], {
         stdio: ['ignore', 'pipe', 'inherit', 'pipe'], env: { ...process.env, FERRY_LAUNCHER_FD: '3' } })
       child.stdout.once('data', () => console.log(child.pid))`,
      childScript,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const pid = Number(await firstLine(launcher))
  expect(isAlive(pid)).toBe(true)
  launcher.kill('SIGKILL')
  const deadlineMs = Date.now() + 10_000
  while (isAlive(pid) && Date.now() < deadlineMs) await sleep(20)
  expect(isAlive(pid)).toBe(false)
})

it('watching neither keeps a child alive nor ends one that has no launcher', async () => {
  const watching = start({ FERRY_LAUNCHER_FD: '3', LIVES_MS: '50' })
  const alone = start({ LIVES_MS: '50' })
  alone.stdio[3]!.destroy()
  const codes = await Promise.all([once(watching, 'exit'), once(alone, 'exit')])
  expect(codes.map(([code]) => code)).toEqual([0, 0])
})
