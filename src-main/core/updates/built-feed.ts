declare const __FERRY_UPDATE_FEED__: string
declare const __FERRY_UPDATE_KEY__: string

/**
 * Where this build looks for newer ones, and the key that their list must be signed with; both '' unless FERRY_UPDATE_FEED and
 * FERRY_UPDATE_KEY were set when it was made (docs/packages.md).
 */
export const BUILT_FEED = {
  url: typeof __FERRY_UPDATE_FEED__ === 'string' ? __FERRY_UPDATE_FEED__ : '',
  publicKey: typeof __FERRY_UPDATE_KEY__ === 'string' ? __FERRY_UPDATE_KEY__ : '',
}
