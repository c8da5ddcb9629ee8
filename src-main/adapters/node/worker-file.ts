/**
 * Where the code of a worker thread is: beside the built entry points, or the source itself when that is what runs (Node
 * strips the types).
 *
 * @param name of the entry in the build, without extension
 * @param source the worker's own file, as a URL that its caller resolves against itself
 */
export function workerFile(name: string, source: URL): URL {
  if (import.meta.url.endsWith('.ts')) return source
  const isChunk = new URL('.', import.meta.url).pathname.endsWith('/chunks/')
  return new URL(`${isChunk ? '../' : './'}${name}.js`, import.meta.url)
}
