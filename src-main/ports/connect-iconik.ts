import type { IconikApi } from './iconik-api.ts'

/** Makes the API of one account; opens no connection by itself. The token is asked for at each request. */
export type ConnectIconik = (target: { url: string; appId: string; authToken: () => string }) => IconikApi
