import { AssetId } from '@contract/ids.ts'

/** Scheme of links that other programs open Ferry with. Pages and media have schemes of their own, which no link reaches. */
export const LINK_SCHEME = 'ferry'

/** Whether an argument or address claims to be a link of ours, well formed or not. */
export function isLink(text: string): boolean {
  return text.toLowerCase().startsWith(`${LINK_SCHEME}:`)
}

/**
 * The asset that `ferry://asset/<id>` names. Anyone can make such a link, so that it can do no more than show something.
 * @returns null for every other address
 */
export function assetOfLink(text: string): AssetId | null {
  const url = URL.parse(text)
  if (url?.protocol !== `${LINK_SCHEME}:` || url.hostname !== 'asset') return null
  const id = AssetId.safeParse(url.pathname.slice(1))
  return id.success ? id.data : null
}
