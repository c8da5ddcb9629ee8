import type { ContractClient } from './contract-client.ts'

let current: ContractClient | undefined
let pathOf: (file: File) => Promise<string> = () => Promise.resolve('')

/** Gives every store its client. Called once at start, and by each test with a fake. */
export function installClient(client: ContractClient, pathForFile?: (file: File) => Promise<string>): void {
  current = client
  if (pathForFile) pathOf = pathForFile
}

/** The client of this page. */
export function ferry(): ContractClient {
  if (!current) throw new Error('No contract client is installed')
  return current
}

/** The absolute path of a dropped file; '' when the platform does not tell. */
export function pathForFile(file: File): Promise<string> {
  return pathOf(file)
}
