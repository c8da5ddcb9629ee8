import type { Stowed } from '../store/tables.ts'
import { storagePrefix } from './dispatch.ts'
import type { StorageSide } from './provider.ts'

/** What a create answer or a re-issue adds to a file, by the method of its storage. */
export interface UploadFields {
  upload_url?: string
  upload_method?: string
  multipart_upload_url?: string
  upload_filename?: string
  upload_credentials?: Record<string, string>
}

const encodeKey = (key: string) => key.split('/').map(encodeURIComponent).join('/')

/** Signed addresses of stored bytes. They are made anew for each answer: the port changes with each start. */
export class UploadUrls {
  readonly side: StorageSide

  constructor(side: StorageSide) {
    this.side = side
  }

  #address(origin: string, method: string, storageId: string, key: string): string {
    return `${origin}${storagePrefix}${method.toLowerCase()}/${storageId}/${encodeKey(key)}`
  }

  /** Addresses to send the bytes of `row` to. `plain`: a single PUT where the provider would otherwise start a session. */
  upload(origin: string, row: Stowed, options: { plain?: boolean; multipart?: boolean } = {}): UploadFields {
    const { urls, sinkUrl } = this.side
    const address = this.#address(origin, row.storage_method, row.storage_id, row._key)
    switch (row.storage_method) {
      case 'S3':
        if (sinkUrl !== undefined)
          return { upload_url: `${sinkUrl}/${encodeKey(row._key)}`, upload_method: 'PUT' }
        return {
          upload_url: urls.sign('aws', 'PUT', address),
          upload_method: 'PUT',
          ...(options.multipart !== false && {
            multipart_upload_url: urls.sign('aws', 'POST', address, { uploads: '' }),
          }),
        }
      case 'GCS':
        return options.plain
          ? { upload_url: urls.sign('google', 'PUT', address), upload_method: 'PUT' }
          : { upload_url: urls.sign('google', 'POST', address), upload_method: 'POST' }
      case 'AZURE':
        return { upload_url: urls.sign('azure', 'PUT', address), upload_method: 'PUT' }
      case 'B2': {
        const key = `upload/${row.id}`
        return {
          upload_url: this.#address(origin, 'B2', row.storage_id, key),
          upload_method: 'POST',
          upload_filename: row._key,
          upload_credentials: { authorizationToken: urls.token(['b2', row.storage_id, key]) },
        }
      }
      default:
        return { upload_url: urls.sign('aws', 'PUT', address), upload_method: 'PUT' }
    }
  }

  /** One verb on the object of `row`, for multipart uploads and composing. */
  action(
    origin: string,
    row: Stowed,
    verb: string,
    params: Record<string, string | number>,
    key = row._key,
  ): string {
    const style = row.storage_method === 'GCS' ? 'google' : 'aws'
    return this.side.urls.sign(
      style,
      verb,
      this.#address(origin, row.storage_method, row.storage_id, key),
      params,
    )
  }

  /** Where a part of a B2 large file goes, with the token for it. */
  b2Part(origin: string, storageId: string, uploadFileId: string): { url: string; token: string } {
    const key = `part/${uploadFileId}`
    return {
      url: this.#address(origin, 'B2', storageId, key),
      token: this.side.urls.token(['b2', storageId, key]),
    }
  }

  /** Address to read the bytes from; with `disposition` it names the file as a download or to be shown. */
  download(
    origin: string,
    row: Stowed,
    disposition?: { type: 'inline' | 'attachment'; name: string },
  ): string {
    const key = row.storage_method === 'B2' ? `file/${row._key}` : row._key
    const params: Record<string, string> = disposition
      ? {
          'response-content-disposition': `${disposition.type}; filename*=UTF-8''${encodeURIComponent(disposition.name)}`,
        }
      : {}
    const style = row.storage_method === 'GCS' ? 'google' : row.storage_method === 'AZURE' ? 'azure' : 'aws'
    return this.side.urls.sign(
      style,
      'GET',
      this.#address(origin, row.storage_method, row.storage_id, key),
      params,
    )
  }
}
