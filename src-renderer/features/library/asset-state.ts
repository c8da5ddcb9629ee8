import { ArrowUp, CircleAlert, Pause, Shield, ShieldCheck } from '@lucide/vue'
import type { Component } from 'vue'
import type { ListedAsset } from '@contract/assets.ts'
import { strings } from '../../lib/strings/index.ts'
import type { AssetUpload } from '../../stores/asset-uploads.ts'

/** How an asset's files stand, in a word; `share` of what is being sent. */
export interface AssetState {
  readonly kind: 'verified' | 'sending' | 'preparing' | 'checking' | 'failed' | 'paused' | 'empty'
  readonly text: string
  readonly tone: 'done' | 'progress' | 'warn' | 'error' | 'paused' | 'plain'
  readonly icon: Component | undefined
  readonly share: number | null
}

/** Null where nothing is known: an asset that others uploaded, long ago or elsewhere. */
export function stateOf(
  row: Pick<ListedAsset, 'type' | 'isProven'>,
  upload: AssetUpload | null,
): AssetState | null {
  const words = strings.library.state
  const { state, share } = upload ?? { state: null, share: 0 }
  const of = (
    kind: AssetState['kind'],
    text: string,
    tone: AssetState['tone'],
    icon?: Component,
    own: number | null = null,
  ): AssetState => ({ kind, text, tone, icon, share: own })
  if (state === 'uploading')
    return of('sending', words.sending(Math.floor(share * 100)), 'progress', ArrowUp, share)
  if (state === 'preparing') return of('preparing', words.preparing, 'progress', ArrowUp)
  if (state === 'checking') return of('checking', words.checking, 'progress', Shield)
  if (state === 'failed') return of('failed', words.failed, 'error', CircleAlert)
  if (state === 'paused') return of('paused', words.paused, 'paused', Pause, share)
  if (row.type === 'PLACEHOLDER') return of('empty', strings.library.newAsset.badge, 'plain')
  return state === 'done' || row.isProven ? of('verified', words.verified, 'done', ShieldCheck) : null
}
