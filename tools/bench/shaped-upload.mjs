// One upload over a shaped line, inside a network namespace of its own: `shaped-upload.mjs JSON`, see upload-shaped. Prints what runUpload
// returns as one JSON object.
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { runUpload } from './processes.mjs'
import { startShapedLine } from './shaped-line.mjs'

const { line, env, state, file, options } = JSON.parse(process.argv[2])

const up = spawnSync('ip', ['link', 'set', 'lo', 'mtu', '1500', 'up'])
if (up.status !== 0) throw new Error(`The loopback of the namespace: ${up.stderr}`)
// A kernel's buffers hold megabytes; on a line like this one a real sender's would have shrunk to what is under way.
for (const buffer of ['tcp_rmem', 'tcp_wmem'])
  await writeFile(`/proc/sys/net/ipv4/${buffer}`, '4096 32768 65536')

const shaped = await startShapedLine(line)
const result = await runUpload({ env, cpuMs: () => 0 }, state, file, ...options)
await shaped.stop()
console.log(JSON.stringify(result))
