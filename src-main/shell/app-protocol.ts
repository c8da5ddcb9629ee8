import { protocol } from 'electron'
import { MEDIA_SCHEME } from '../core/media-address.ts'
import type { ClipPictures } from '../ports/clip-pictures.ts'
import type { MediaSource } from '../ports/media-source.ts'
import { answerBundle } from './bundle-files.ts'
import { APP_SCHEME } from './content-policy.ts'
import { answerMedia } from './media-answers.ts'

/** Must run before the app is ready. `stream` lets a video seek by ranges. */
export function registerSchemes(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      // Compiled code is kept between starts, which is a good part of what a start costs.
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
    {
      scheme: MEDIA_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
    },
  ])
}

/** Serves the built renderer, and pictures of assets and of clips. Nothing else is reachable for a page. */
export function serveApp(rendererRoot: string, media: MediaSource, clips: ClipPictures): void {
  protocol.handle(APP_SCHEME, (request) => answerBundle(rendererRoot, request))
  protocol.handle(MEDIA_SCHEME, (request) => answerMedia(media, clips, request))
}
