import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { callsTo, type Json } from './client.ts'

const script = fileURLToPath(new URL('serve-child.ts', import.meta.url))

async function serve(dataDir: string) {
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await Promise.race([
    (async () => {
      for await (const text of createInterface({ input: child.stdout })) return [text]
      return []
    })(),
    new Promise<never>((_, fail) =>
      child.once('exit', (code) => fail(new Error(`The workspace ended with ${code}`))),
    ),
  ])
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  return { ...callsTo(JSON.parse(line ?? '{}') as never), kill: () => (child.kill('SIGKILL'), ended) }
}

it('loses no acknowledged write and no acknowledged byte when it is killed under load', async () => {
  const dataDir = mkdtempSync('/tmp/ferry-kill-')
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const acknowledged: { asset: string; path: string; md5: string; closed: boolean }[] = []
  for (let round = 0; round < 4; round += 1) {
    const { openFile, must, kill } = await serve(dataDir)
    const load = new AbortController()
    const write = async () => {
      while (!load.signal.aborted) {
        const bytes = randomBytes(1 + Math.floor(Math.random() * 50_000))
        try {
          const { asset, file, path } = await openFile(bytes.length)
          const put = await fetch(file.upload_url, { method: 'PUT', body: bytes })
          if (put.status !== 200) continue
          const entry = {
            asset: String(asset.id),
            path,
            md5: createHash('md5').update(bytes).digest('hex'),
            closed: false,
          }
          acknowledged.push(entry)
          await must('PATCH', path, { status: 'CLOSED' })
          entry.closed = true
        } catch {
          // The kill came in between; what was not acknowledged may be lost.
        }
      }
    }
    const writers = Array.from({ length: 4 }, write)
    await new Promise((done) => setTimeout(done, 500 + Math.random() * 400))
    load.abort()
    await kill()
    await Promise.all(writers)
  }
  const { must, download, kill } = await serve(dataDir)
  expect(acknowledged.length).toBeGreaterThan(20)
  for (const { asset, path, md5, closed } of acknowledged) {
    expect((await must('GET', `assets/v1/assets/${asset}/`)).id).toBe(asset)
    // A file whose CLOSED was never answered can be closed now: its bytes are there.
    if (!closed) await must('PATCH', path, { status: 'CLOSED' })
    expect(
      createHash('md5')
        .update(await download(path))
        .digest('hex'),
    ).toBe(md5)
  }
  const { total } = await must('GET', 'assets/v1/assets/?per_page=1')
  const found: Json = await must('POST', 'search/v1/search/?per_page=1', { doc_types: ['assets'] })
  expect(found.total).toBe(total)
  await kill()
})
