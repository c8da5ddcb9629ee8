import { Socket } from 'node:net'

/**
 * Notices the end of the launcher (`bin/ferry.mjs`), even by SIGKILL: it holds the other end of a pipe that nobody
 * writes to, whose number is in FERRY_LAUNCHER_FD. Started without a launcher, nothing is watched.
 *
 * @param env where FERRY_LAUNCHER_FD is looked up
 * @param onGone called once, when the launcher is gone
 */
export function watchLauncher(env: NodeJS.ProcessEnv, onGone: () => void): void {
  const fd = Number(env.FERRY_LAUNCHER_FD)
  if (!Number.isInteger(fd) || fd < 3) return
  const pipe = new Socket({ fd, readable: true, writable: false })
  let isOver = false
  const end = () => {
    if (isOver) return
    isOver = true
    pipe.destroy()
    onGone()
  }
  // An error means a descriptor that is no pipe, or one that broke: in both cases there is nobody to wait for.
  pipe.on('error', end).on('close', end).on('end', end)
  pipe.resume()
  pipe.unref()
}
