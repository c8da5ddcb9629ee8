import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { LaunchedApp } from '../support/launched-app.ts'
import { expect, test } from './app.ts'

test('the app goes through the proxy that the system names', async () => {
  const asked: string[] = []
  const proxy = http.createServer((_request, response) => response.writeHead(405).end())
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
  const { port } = proxy.address() as AddressInfo
  const app = await LaunchedApp.launch({
    env: {
      CHROMIUM_HOST_PROXY: `PROXY 127.0.0.1:${port}`,
      HTTPS_PROXY: '',
      https_proxy: '',
      ALL_PROXY: '',
      all_proxy: '',
    },
  })
  try {
    const form = app.page.getByRole('region', { name: 'Connect to iconik' })
    await form.getByRole('button', { name: 'App-ID and token' }).click()
    await form.getByRole('textbox', { name: 'Address' }).fill('https://iconik.test')
    await form.getByRole('textbox', { name: 'App-ID' }).fill('00000000-0000-1000-8000-000000000000')
    await form.getByLabel('Token', { exact: true }).fill('not-a-token')
    await form.getByRole('button', { name: 'Test' }).click()
    await expect.poll(() => asked).toContain('iconik.test:443')
  } finally {
    await app.dispose()
    proxy.close()
  }
})
