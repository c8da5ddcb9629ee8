// An nginx that takes PUT, on a free port of this machine: the same sink for every peer.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'

const EXTENSION = '/usr/lib/nginx/modules/ngx_http_dav_ext_module.so'

/** @returns null when there is no nginx */
export async function startNginxSink(folder) {
  if (spawnSync('nginx', ['-v']).status !== 0) return null
  const port = await freePort()
  const root = path.join(folder, 'sink')
  await mkdir(path.join(root, 'temp'), { recursive: true })
  const config = path.join(folder, 'nginx.conf')
  const extension = existsSync(EXTENSION)
  await writeFile(config, configuration({ folder, root, port, extension }))
  const child = spawn('nginx', ['-c', config, '-g', 'daemon off;', '-e', path.join(folder, 'nginx.log')], {
    stdio: 'ignore',
  })
  await untilListening(port)
  return {
    url: `http://127.0.0.1:${port}`,
    root,
    /** Whether rclone's WebDAV finds what it asks for (PROPFIND). */
    webdav: extension,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

const configuration = ({ folder, root, port, extension }) => `
${extension ? `load_module ${EXTENSION};` : ''}
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  client_max_body_size 0;
  client_body_temp_path ${root}/temp;
  server {
    listen 127.0.0.1:${port};
    root ${root};
    location / {
      dav_methods PUT DELETE MKCOL;
      ${extension ? 'dav_ext_methods PROPFIND OPTIONS;' : ''}
      create_full_put_path on;
    }
  }
}
`

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function untilListening(port) {
  for (let tries = 0; tries < 100; tries++) {
    const socket = net.connect(port, '127.0.0.1')
    const connected = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (connected) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nginx does not listen')
}
