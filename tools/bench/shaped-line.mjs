// A long and lossy line to a server of this machine, as a relay: what TCP would do on it is reckoned, not done by a kernel. It knows no
// packets; of each round trip it takes what a congestion window lets through, and holds it back when a packet of it would have been lost.
import net from 'node:net'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../../test/support/crash/seeded-random.ts'

/** Bytes of one packet on Ethernet. */
const PACKET_BYTES = 1460
/** What a router of the line holds before it drops. */
const QUEUE_MS = 100

/**
 * @param {{
 *   port: number, far: string, roundTripMs: number, loss: number, bytesPerSecond: number, seed: number
 * }} line where it is entered on 127.0.0.1; the socket at its other end; share of packets that are lost; what it carries of all
 *   connections together
 * @returns what ends it
 */
export async function startShapedLine({ port, far: farPath, roundTripMs, loss, bytesPerSecond, seed }) {
  const chance = seededRandom(seed)
  const road = { freeAtMs: 0 }
  const sockets = new Set()
  // Small buffers: what waits in them has not left, as far as the sender's own figures go.
  const server = net.createServer({ highWaterMark: 16 * 1024, allowHalfOpen: true }, (near) => {
    const far = net.connect({ path: farPath, allowHalfOpen: true })
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => {
        near.destroy()
        far.destroy()
      })
    }
    near.setNoDelay(true)
    void carryUp(near, far, { roundTripMs, loss, bytesPerSecond, chance, road })
    far.on('data', (bytes) => setTimeout(() => near.writable && near.write(bytes), roundTripMs / 2))
    far.on('end', () => setTimeout(() => near.end(), roundTripMs / 2))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Reno on a line that loses packets by chance: doubled until the first loss, then a packet more each round trip, halved at a loss. */
async function carryUp(near, far, { roundTripMs, loss, bytesPerSecond, chance, road }) {
  let window = 10 * PACKET_BYTES
  let threshold = Infinity
  let deliverAtMs = 0
  // The kernel has answered the sender already; a real line takes a round trip to connect.
  await sleep(roundTripMs)
  while (!near.destroyed && !near.readableEnded) {
    const beganMs = performance.now()
    let sent = 0
    let isLost = false
    while (sent < window && performance.now() - beganMs < roundTripMs) {
      const bytes = near.read(Math.min(near.readableLength, window - sent)) ?? null
      if (bytes === null) {
        if (near.readableEnded || near.destroyed) break
        await sleep(2)
        continue
      }
      sent += bytes.length
      const nowMs = performance.now()
      road.freeAtMs = Math.max(nowMs, road.freeAtMs) + (bytes.length / bytesPerSecond) * 1000
      const packets = Math.ceil(bytes.length / PACKET_BYTES)
      isLost ||= chance() > (1 - loss) ** packets || road.freeAtMs - nowMs > QUEUE_MS
      // What follows a lost packet waits until it was sent again.
      deliverAtMs = Math.max(deliverAtMs, road.freeAtMs + roundTripMs / 2 + (isLost ? roundTripMs : 0))
      setTimeout(() => far.writable && far.write(bytes), deliverAtMs - nowMs)
    }
    if (isLost) threshold = window = Math.max(2 * PACKET_BYTES, window / 2)
    else if (sent >= window) window = window < threshold ? window * 2 : window + PACKET_BYTES
    window = Math.floor(window)
    await sleep(Math.max(0, roundTripMs + (isLost ? roundTripMs : 0) - (performance.now() - beganMs)))
  }
  setTimeout(() => far.end(), Math.max(0, deliverAtMs - performance.now()))
}
