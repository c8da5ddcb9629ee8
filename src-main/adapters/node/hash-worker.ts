// Runs in a worker thread. Messages are handled in order, so the updates of a stream are too.
// Built as an entry of its own; imports nothing at run time that a thread without the app's aliases could not find.
import { parentPort } from 'node:worker_threads'
import { createRunningHashes, type RunningHashes } from './running-hashes.ts'
import type { FromHashWorker, ToHashWorker } from './hash-messages.ts'

const port = parentPort
if (!port) throw new Error('The hash worker runs in a worker thread only.')

const streams = new Map<number, Promise<RunningHashes>>()
const answer = (message: FromHashWorker) => port.postMessage(message)
let last: Promise<void> = Promise.resolve()

async function handle(message: ToHashWorker): Promise<void> {
  const { stream } = message
  switch (message.do) {
    case 'open':
      streams.set(stream, createRunningHashes(message.names))
      return
    case 'update':
      try {
        ;(await streams.get(stream))?.update(message.bytes)
      } finally {
        answer({ stream, did: 'update' })
      }
      return
    case 'digest': {
      const running = await streams.get(stream)
      streams.delete(stream)
      answer({ stream, did: 'digest', hashes: running?.digest() ?? {} })
      return
    }
    case 'close':
      streams.delete(stream)
  }
}

port.on('message', (message: ToHashWorker) => {
  last = last
    .then(() => handle(message))
    .catch((error: unknown) => {
      answer({
        stream: message.stream,
        did: 'fail',
        message: error instanceof Error ? error.message : String(error),
      })
    })
})
