import { createHash } from 'node:crypto'

type Json = Record<string, unknown>

export interface ServerAccess {
  url: string
  appId: string
  authToken: string
}

export interface FoundFile {
  id: string
  name: string
  status: string
  sizeBytes: number
  md5: string
}

export interface FoundAsset {
  id: string
  title: string
  status: string
  formats: string[]
  fileSets: string[]
  files: FoundFile[]
}

/** What is on a served workspace, asked by plain calls, so that nothing of the client is trusted. */
export class ServerView {
  readonly #access: ServerAccess

  constructor(access: ServerAccess) {
    this.#access = access
  }

  async get(path: string): Promise<Json> {
    const answer = await fetch(`${this.#access.url}${path}`, { headers: this.#headers() })
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as Json
  }

  async setFaults(rules: unknown[], seed = 1): Promise<void> {
    const answer = await fetch(`${this.#access.url}/_faults`, {
      method: 'PUT',
      headers: { ...this.#headers(), 'content-type': 'application/json' },
      body: JSON.stringify({ seed, rules }),
    })
    if (!answer.ok) throw new Error(`The fault rules were refused: ${await answer.text()}`)
  }

  inspect(): Promise<{
    multiparts: { id: string; parts: number }[]
    sessions: { id: string }[]
    calls: Record<string, number>
    counts: Record<string, number>
    openJobs: Json[]
    indexPending: number
  }> {
    return this.get('/_inspect') as never
  }

  /** Every asset of a wanted title that is not in the trash, with the bytes that the storage hands back. */
  async assets(isWanted: (title: string) => boolean = () => true): Promise<FoundAsset[]> {
    const rows = await this.#pages('/API/assets/v1/assets/')
    const found: FoundAsset[] = []
    for (const row of rows) if (isWanted(String(row['title']))) found.push(await this.#asset(row))
    return found
  }

  /** Every file of every asset, with its bytes. */
  async files(): Promise<FoundFile[]> {
    const found: FoundFile[] = []
    for (const { id } of await this.#pages('/API/assets/v1/assets/')) {
      const path = `/API/files/v1/assets/${String(id)}/files/?per_page=1000&generate_signed_url=true`
      found.push(...(await Promise.all(objects(await this.get(path)).map(foundFile))))
    }
    return found
  }

  async collections(): Promise<Json[]> {
    return this.#pages('/API/assets/v1/collections/')
  }

  async transferJobs(): Promise<Json[]> {
    return this.#pages('/API/jobs/v1/jobs/', '&type=TRANSFER')
  }

  async #asset(row: Json): Promise<FoundAsset> {
    const id = String(row['id'])
    const inside = `/API/files/v1/assets/${id}`
    const alive = (rows: Json[]) =>
      rows.filter((one) => one['status'] !== 'DELETED').map((one) => String(one['id']))
    const files = objects(await this.get(`${inside}/files/?per_page=1000&generate_signed_url=true`))
    return {
      id,
      title: String(row['title']),
      status: String(row['status']),
      formats: alive(objects(await this.get(`${inside}/formats/?per_page=1000`))),
      fileSets: alive(objects(await this.get(`${inside}/file_sets/?per_page=1000`))),
      files: await Promise.all(files.map(foundFile)),
    }
  }

  async #pages(path: string, more = ''): Promise<Json[]> {
    const rows: Json[] = []
    for (let page = 1, pages = 1; page <= pages; page++) {
      const answer = await this.get(`${path}?per_page=100&page=${page}${more}`)
      pages = Number(answer['pages'] ?? 1)
      rows.push(...objects(answer))
    }
    return rows
  }

  #headers(): Record<string, string> {
    return { 'app-id': this.#access.appId, 'auth-token': this.#access.authToken }
  }
}

function objects(answer: Json): Json[] {
  return (answer['objects'] ?? []) as Json[]
}

async function foundFile(row: Json): Promise<FoundFile> {
  return {
    id: String(row['id']),
    name: String(row['original_name']),
    status: String(row['status']),
    sizeBytes: Number(row['size']),
    md5: row['url'] ? await md5Of(String(row['url'])) : 'no bytes',
  }
}

async function md5Of(url: string): Promise<string> {
  const answer = await fetch(url)
  if (!answer.ok || !answer.body) return `no bytes (${answer.status})`
  const hash = createHash('md5')
  for await (const chunk of answer.body) hash.update(chunk)
  return hash.digest('hex')
}
