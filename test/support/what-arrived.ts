import { createHash } from 'node:crypto'
import type { FileDocument } from '@main/ports/iconik-api.ts'
import type { RunningWorkspace } from './running-workspace.ts'

export interface ArrivedAsset {
  title: string
  formats: number
  fileSets: number
  files: FileDocument[]
  /** Of the bytes that are handed back, in the order of files. */
  md5s: string[]
}

/** Everything that a workspace holds, with the bytes that it hands back. */
export async function whatArrived({ api }: Pick<RunningWorkspace, 'api'>): Promise<ArrivedAsset[]> {
  const { rows } = await api.search.assets({ query: '*', perPage: 500 })
  const arrived: ArrivedAsset[] = []
  for (const { id, title } of rows) {
    const formats = await api.files.listFormats(id)
    const fileSets = await api.files.listFileSets(id)
    const files = await api.files.listFiles(id, { signUrls: true })
    const md5s = await Promise.all(files.map(md5Of))
    arrived.push({ title, formats: formats.length, fileSets: fileSets.length, files, md5s })
  }
  return arrived
}

async function md5Of(file: FileDocument): Promise<string> {
  if (!file.url) return `no bytes of ${file.originalName}`
  const answer = await fetch(file.url)
  return createHash('md5')
    .update(new Uint8Array(await answer.arrayBuffer()))
    .digest('hex')
}
