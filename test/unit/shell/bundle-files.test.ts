import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerBundle, bundlePath } from '@main/shell/bundle-files.ts'
import { START_URL } from '@main/shell/content-policy.ts'

describe('a path of the bundle', () => {
  it.each([
    ['/index.html', '/app/index.html'],
    ['/assets/a%20b.js', '/app/assets/a b.js'],
    ['/a/../b.css', '/app/b.css'],
    // Leading out of the root ends at the root.
    ['/../../etc/passwd', '/app/etc/passwd'],
    ['/..%2f..%2fetc/passwd', '/app/etc/passwd'],
  ])('%s stays inside', (pathname, file) => {
    expect(bundlePath('/app', pathname)).toBe(path.resolve(file))
  })

  it.each(['/', '/%00', '/%E0%A4%A', '/..%5c..%5cwin.ini', '/a\\b'])('%s names nothing', (pathname) => {
    expect(bundlePath('/app', pathname)).toBeNull()
  })
})

describe('an answer of the bundle', () => {
  let root: string
  beforeAll(() => {
    const outer = fs.mkdtempSync(path.join(os.tmpdir(), 'bundle-'))
    fs.writeFileSync(path.join(outer, 'secret.txt'), 'secret')
    root = path.join(outer, 'renderer')
    fs.mkdirSync(root)
    fs.writeFileSync(path.join(root, 'index.html'), '<!doctype html>')
  })
  afterAll(() => fs.rmSync(path.dirname(root), { recursive: true }))

  it('carries its type and a policy without anything unsafe', async () => {
    const answer = await answerBundle(root, new Request(START_URL))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/)
    expect(answer.headers.get('content-security-policy')).not.toMatch(/unsafe|\*|https?:/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each(['/missing.js', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/'])(
    'to %s is 404',
    async (pathname) => {
      const request = { url: `ferry-app://bundle${pathname}`, method: 'GET' } as Request
      expect((await answerBundle(root, request)).status).toBe(404)
    },
  )

  it('to anything but GET is 405', async () => {
    expect((await answerBundle(root, new Request(START_URL, { method: 'POST' }))).status).toBe(405)
  })
})
