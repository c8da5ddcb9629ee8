import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startWorkspace, type Workspace, type WorkspaceOptions } from '@main/workspace/index.ts'

export type Json = Record<string, any> // eslint-disable-line typescript/no-explicit-any

export interface Answer {
  status: number
  body: Json
  headers: Headers
}

/** A workspace in a folder of its own that goes with the test, and calls to it. */
export async function openWorkspace(options: Partial<WorkspaceOptions> = {}) {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'ferry-workspace-'))
  const workspace = await startWorkspace({ previews: false, ...options, dataDir })
  onTestFinished(async () => {
    await workspace.close()
    if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true })
  })
  return { workspace, dataDir, ...callsTo(workspace) }
}

export function callsTo(
  workspace: Pick<Workspace, 'url' | 'appId' | 'authToken'>,
  credentials: Record<string, string> = {},
) {
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${workspace.url}/API/${path}`, {
      method,
      headers: {
        'App-ID': workspace.appId,
        'Auth-Token': workspace.authToken,
        'content-type': 'application/json',
        ...credentials,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? {} : (JSON.parse(text) as Json),
    }
  }
  /** The body of a call that must succeed. */
  const must = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const answer = await call(method, path, body)
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  /** An asset with format, file set and an open file of the given size. */
  const openFile = async (sizeBytes: number, name = 'clip.mov', storageId?: string) => {
    const asset = await must('POST', 'assets/v1/assets/', { title: name, type: 'ASSET' })
    const format = await must('POST', `files/v1/assets/${asset.id}/formats/`, { name: 'ORIGINAL' })
    const set = await must('POST', `files/v1/assets/${asset.id}/file_sets/`, {
      name,
      format_id: format.id,
      base_dir: '/',
      component_ids: [],
      ...(storageId && { storage_id: storageId }),
    })
    const file = await must('POST', `files/v1/assets/${asset.id}/files/`, {
      original_name: name,
      directory_path: '',
      type: 'FILE',
      size: sizeBytes,
      file_set_id: set.id,
      format_id: format.id,
    })
    return { asset, format, set, file, path: `files/v1/assets/${asset.id}/files/${file.id}/` }
  }
  /** The bytes that the workspace hands back for a file. */
  const download = async (path: string): Promise<Buffer> => {
    const { url } = await must('GET', `${path}download_url/`)
    const response = await fetch(url)
    return Buffer.from(await response.arrayBuffer())
  }
  return { call, must, openFile, download }
}
