import { readFile } from 'node:fs/promises'
import path from 'node:path'
import mime from 'mime'
import { SECURITY_HEADERS } from './content-policy.ts'

/**
 * The file that a path of the app's scheme names, inside `root`.
 * @param pathname still percent-encoded, as a URL has it
 * @returns an absolute path, or null when the name is malformed or leads outside
 */
export function bundlePath(root: string, pathname: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null
  const file = path.resolve(root, `.${path.posix.resolve('/', decoded)}`)
  const isInside = file.startsWith(path.resolve(root) + path.sep)
  return isInside ? file : null
}

/** Answers a request for a file of the built renderer. */
export async function answerBundle(root: string, request: Request): Promise<Response> {
  if (request.method !== 'GET') return new Response(null, { status: 405, headers: SECURITY_HEADERS })
  const file = bundlePath(root, new URL(request.url).pathname)
  if (!file) return new Response(null, { status: 404, headers: SECURITY_HEADERS })
  try {
    const type = mime.getType(file) ?? 'application/octet-stream'
    const contentType = type.startsWith('text/') ? `${type}; charset=utf-8` : type
    return new Response(new Uint8Array(await readFile(file)), {
      headers: { ...SECURITY_HEADERS, 'content-type': contentType, 'cache-control': 'no-cache' },
    })
  } catch {
    return new Response(null, { status: 404, headers: SECURITY_HEADERS })
  }
}
