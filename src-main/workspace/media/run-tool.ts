import { spawn } from 'node:child_process'

/** A tool is missing or failed; the message names it, what it said last, and what to do. */
export class ToolError extends Error {}

const keptBytes = 8 * 1024 * 1024

/** Variables of the app's own are no business of a tool. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FERRY_')))

/**
 * Runs a tool to its end and gives what it wrote to standard output. `onLine` sees each line as it comes. The signal
 * ends the tool. Rejects with ToolError where it is missing or exits with another status than 0; `failure` says what that means.
 */
export function runTool(
  path: string,
  args: string[],
  options: { signal?: AbortSignal; onLine?: (line: string) => void; failure?: string } = {},
): Promise<Buffer> {
  return new Promise((done, fail) => {
    const child = spawn(path, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: cleanEnvironment(),
      windowsHide: true,
    })
    const chunks: Buffer[] = []
    let sizeBytes = 0
    let rest = ''
    let said = ''
    const stop = () => child.kill('SIGKILL')
    options.signal?.addEventListener('abort', stop, { once: true })
    child.stdout.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length
      if (sizeBytes <= keptBytes) chunks.push(chunk)
      if (!options.onLine) return
      const lines = (rest + chunk.toString('utf8')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) options.onLine(line)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-2000)
    })
    child.once('error', (error: NodeJS.ErrnoException) => {
      options.signal?.removeEventListener('abort', stop)
      fail(
        new ToolError(
          error.code === 'ENOENT'
            ? `${path} was not found; install ffmpeg to have previews of video and audio`
            : `${path}: ${error.message}`,
        ),
      )
    })
    child.once('close', (code) => {
      options.signal?.removeEventListener('abort', stop)
      if (options.signal?.aborted) fail(new ToolError('Stopped'))
      else if (code === 0) done(Buffer.concat(chunks))
      else
        fail(new ToolError(`${options.failure ?? `${path} failed`}: ${reasonOf(said) || `status ${code}`}`))
    })
  })
}

/** The last thing that a tool said, without the place of the file, which means nothing to whoever reads it. */
function reasonOf(said: string): string {
  const last = said.trim().split('\n').at(-1) ?? ''
  return /[/\\].*: (.+)$/.exec(last)?.[1] ?? last
}
