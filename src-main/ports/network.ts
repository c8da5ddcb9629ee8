import type { Dispatcher } from 'undici'

/** The way to other machines: proxies and trusted certificates are settled here, for the API and storages alike. */
export interface Network {
  /**
   * What sends a request to this URL: kept connections, the proxy that the system names for it, and the certificates that
   * the system trusts.
   * @throws AppError network.offline when the proxy's address is not usable
   */
  dispatcherFor(url: string): Promise<Dispatcher>
  close(): Promise<void>
}
